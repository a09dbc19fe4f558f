"""Once a night the doctor looks by itself, and tells the alerts channel what is new to mend."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.clock import Clock
from bot.db import Database, insert_absent
from bot.doctor.findings import Finding, FindingLevel
from bot.messages import outbox
from bot.messages.outbox import Content, Place
from bot.telemetry.models import SelfCheck

#: When few people are disturbed and the night's jobs have begun.
_AT = time(3)
_MAX_TOLD = 10
_SELF_CHECK = "delivery/self_check"


def last_night(now: datetime, timezone: str) -> datetime:
    """Return the latest three o'clock in *timezone*, in its own zone."""
    local = now.astimezone(ZoneInfo(timezone))
    tonight = datetime.combine(local.date(), _AT, local.tzinfo)
    return tonight if tonight <= local else tonight - timedelta(days=1)


class NightlyCheck:
    """Called every few minutes by each process; whoever is first after three o'clock looks."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        home: Place,
        *,
        timezone: str,
        examine: Callable[[], Awaitable[Sequence[Finding]]],
        alerts_channel: Callable[[], Awaitable[str | None]],
        wake: Callable[[str], None],
    ) -> None:
        """*home* says whose note it is; its channel is asked for each time."""
        self._database = database
        self._clock = clock
        self._home = home
        self._timezone = timezone
        self._examine = examine
        self._alerts_channel = alerts_channel
        self._wake = wake

    async def check_if_due(self) -> bool:
        """Look if nobody has since last night; True if people were told of something new."""
        if not await self._database.write(self._claim):
            return False
        found = [one for one in await self._examine() if one.level is FindingLevel.PROBLEM]
        channel = await self._alerts_channel()
        told = await self._database.write(lambda session: self._tell(session, found, channel))
        if told:
            self._wake(self._home.workspace_id)
        return told

    def _claim(self, session: Session) -> bool:
        now = self._clock.now()
        # The first night is the one after the first start.
        insert_absent(session, SelfCheck(workspace_id=self._home.workspace_id, checked_at=now))
        check = self._row(session)
        if check.checked_at >= last_night(now, self._timezone):
            return False
        check.checked_at = now
        return True

    def _tell(self, session: Session, found: Sequence[Finding], channel: str | None) -> bool:
        check = self._row(session)
        # Numbers change from night to night, and are no news.
        keys = [f"{one.check}: {_without_numbers(one.message)}" for one in found]
        is_news = not set(keys) <= set(check.told)
        check.told = keys
        if not is_news or channel is None:
            return False
        context = {
            "count": len(found),
            "findings": [
                {"check": one.check, "message": one.message, "fix": one.fix}
                for one in found[:_MAX_TOLD]
            ],
        }
        home = Place(self._home.workspace_id, self._home.tenant, channel)
        outbox.put(session, home, Content(_SELF_CHECK, context), now=self._clock.now())
        return True

    def _row(self, session: Session) -> SelfCheck:
        query = select(SelfCheck).where(SelfCheck.workspace_id == self._home.workspace_id)
        return session.exec(query.with_for_update()).one()


def _without_numbers(message: str) -> str:
    return "".join(letter for letter in message if not letter.isdigit() and letter != ",")

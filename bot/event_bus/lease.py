"""Which process receives from or publishes to a topic: one, so that everything stays in order."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from bot.clock import Clock
from bot.db import Database, insert_absent
from bot.errors import OpsbellError
from bot.event_bus.models import BusCursor
from bot.ids import new_id
from bot.messages.models import Event

#: The topic of a process that died is taken over after this long.
_LEASE = timedelta(seconds=12)
_RENEWED = _LEASE * 2 / 3
#: Nobody's lease ends later, unless its owner's clock was ahead and was set right since.
_MAX_AHEAD = _LEASE * 10


class LeaseLostError(OpsbellError):
    """Another process has taken the topic over."""


class TopicLease:
    """This process's hold on a topic, and the cursor that goes with it."""

    def __init__(self, database: Database, clock: Clock, topic: str) -> None:
        self._database = database
        self._clock = clock
        self._topic = topic
        self._owner = new_id("p")
        self._held_until: datetime | None = None

    async def hold(self) -> bool:
        """Tell whether the topic is ours; take or renew it if that is needed and possible."""
        now = self._clock.now()
        if self._held_until is not None and _RENEWED < self._held_until - now <= _LEASE:
            return True
        is_held = await self._database.write(self._take)
        self._held_until = now + _LEASE if is_held else None
        return is_held

    async def require(self) -> None:
        """Renew the hold if it is time; raise `LeaseLostError` if another process has the topic."""
        if not await self.hold():
            raise LeaseLostError(f"another process has taken `{self._topic}` over")

    async def release(self) -> None:
        """Let another process take the topic at once."""
        ours = (col(BusCursor.topic) == self._topic, col(BusCursor.owner) == self._owner)
        now = self._clock.now()
        await self._database.write(
            lambda session: session.exec(update(BusCursor).where(*ours).values(expires_at=now))
        )
        self._held_until = None

    async def cursor(self) -> int:
        """Return the id of the last event that was published."""
        query = select(BusCursor.last_id).where(BusCursor.topic == self._topic)
        return await self._database.read(lambda session: session.exec(query).one())

    async def advance(self, last_id: int) -> None:
        """Remember what was published; raise `LeaseLostError` if the topic is not ours now."""

        def work(session: Session) -> bool:
            ours = (col(BusCursor.topic) == self._topic, col(BusCursor.owner) == self._owner)
            moved = update(BusCursor).where(*ours).values(last_id=last_id)
            return bool(session.exec(moved).rowcount)

        if not await self._database.write(work):
            raise LeaseLostError(f"another process has taken `{self._topic}` over")

    def _take(self, session: Session) -> bool:
        now = self._clock.now()
        row = session.get(BusCursor, self._topic, with_for_update=True)
        if row is None:
            insert_absent(session, self._new_cursor(session, now))
            row = session.get_one(BusCursor, self._topic, with_for_update=True)
        is_live = now < row.expires_at <= now + _MAX_AHEAD
        # On SQLite there is one process, and another owner is one that was killed.
        if row.owner != self._owner and is_live and not self._database.is_sqlite:
            return False
        row.owner = self._owner
        row.expires_at = now + _LEASE
        return True

    def _new_cursor(self, session: Session, now: datetime) -> BusCursor:
        """Return a cursor that begins now: what happened before the bus existed stays at home."""
        newest = session.exec(select(func.max(col(Event.id)))).one() or 0
        return BusCursor(
            topic=self._topic,
            last_id=newest,
            owner=self._owner,
            expires_at=now + _LEASE,
            began_at=now,
        )

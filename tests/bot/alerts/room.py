"""The use cases of alerts and tasks over a real database, with a clock that is set by hand."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from bot.alerts.announcer import AlertAnnouncer, AlertChannels
from bot.alerts.check_run import Checked, CheckOptions
from bot.alerts.configured_rules import Rules
from bot.alerts.models import Alert
from bot.alerts.reruns import Reruns
from bot.alerts.service import Alerts
from bot.config_file import ConfigFile
from bot.db import Database
from bot.messages.models import Message
from bot.tasks.display import Links
from bot.tasks.models import Task
from tests.bot.tasks.room import OURS, HandClock, Recorder, make_room
from tests.bot.tasks.room import Room as TaskRoom

CHANNELS = AlertChannels("T1", "C0ALERTS", {"#nightly": "C0NIGHTLY"}, escalation="C0BOSS")
TENANT = OURS.tenant


@dataclass
class Room:
    """Everything a test of alerts needs in a word."""

    database: Database
    clock: HandClock
    tasks: TaskRoom
    alerts: Alerts
    lanes: Recorder
    reruns: Reruns

    async def fail(self, kind: str = "import", error: str = "disk full", **options: Any) -> Task:
        """Let a task of the kind fail now."""
        task = await self.tasks.create(kind, **options)
        await self.tasks.report(task, "running")
        await self.tasks.report(task, "failed", error=error)
        return task

    async def check(self, options: CheckOptions | None = None, **later: float) -> Checked:
        """Let time pass and check."""
        self.clock.advance(**later)
        return await self.alerts.check(TENANT, CHANNELS, options)

    async def told(self, **later: float) -> list[str]:
        """Let time pass, check, and return what was told: `post`, `edit` and so on."""
        return [str(tell) for _, tell in (await self.check(None, **later)).told]

    async def rows(self) -> list[Alert]:
        """Return every alert, the oldest first."""
        query = select(Alert).order_by(col(Alert.opened_at), col(Alert.id))
        return await self.database.read(lambda session: list(session.exec(query)))

    async def alert(self) -> Alert:
        """Return the only alert there is."""
        (alert,) = await self.rows()
        return alert

    async def messages(self) -> list[Message]:
        """Return the messages of alerts, the oldest first."""
        query = select(Message).where(col(Message.template).like("alerts/%"))
        query = query.order_by(col(Message.created_at), col(Message.id))
        return await self.database.read(lambda session: list(session.exec(query)))

    async def deliver(self) -> None:
        """Let the lane have posted all that waits."""

        def work(session: Session) -> None:
            for number, message in enumerate(session.exec(select(Message)).all()):
                message.ts, message.is_posted = f"1700000000.{number:06}", True
                message.delivered_revision = message.revision

        await self.database.write(work)


def make_alert_room(
    database: Database, clock: HandClock | None = None, config: ConfigFile | None = None
) -> Room:
    """Wire the use cases as the composition root does."""
    clock = clock or HandClock()
    config = config or ConfigFile()
    rules, lanes = Rules(config), Recorder()
    announcer = AlertAnnouncer(rules, Links(config))
    alerts = Alerts(database, announcer, rules, clock, lanes.wake)
    tasks = make_room(database, clock)
    reruns = Reruns(database, tasks.tasks, clock)
    return Room(database, clock, tasks, alerts, lanes, reruns)

"""A tenant's random but repeatable life: tasks fail and recover, people act, checks tick."""

import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from bot.alerts.announcer import AlertChannels
from bot.alerts.check_run import CheckOptions
from bot.alerts.external_alerts import ExternalReport
from bot.alerts.history.journal import read_entries
from bot.alerts.incident_lifecycle import TroubleGroup
from bot.alerts.models import Alert
from bot.alerts.tables.rows import ReadTable, TableTask
from bot.alerts.tables.runs import TableRuns
from bot.config_file import ConfigFile
from bot.errors import ConflictError
from bot.messages.models import Message
from bot.tasks.models import Task, TaskStatus
from tests.bot.alerts.room import CHANNELS, TENANT, Room
from tests.bot.tasks.room import ADA, BEN, START

KINDS = ("import", "export", "billing", "nightly-a", "nightly-b", "steady")
ERRORS = ("disk full", "Timeout after 30 s", "dealer 7 not found")
#: One of each of the rules.
CONFIG = ConfigFile.model_validate(
    {
        "alerts": {
            "storm_after": 2,
            "quiet_hours": "22:00-07:00",
            "digest_at": "07:30",
            "timezone": "Europe/Berlin",
            "repeat_after_hours": 2,
            "escalate_after_minutes": 45,
            "escalate_to": "C0BOSS",
            "severity": {"billing": "critical"},
            "stuck_after_minutes": 20,
            "failed_window_minutes": 40,
        },
        "tasks": {
            "export": {"alert_after_failures": 2},
            "nightly-*": {"stuck_after_minutes": 10},
            "nightly-a": {"cron": "7 */3 * * *", "grace_minutes": 10},
            "billing": {"cron": "*/50 * * * *"},
            "rows": {"cron": "*/40 * * * *", "alert_after_failures": 2},
        },
    }
)


class Life:
    """Lives in a room, by a seed; the other rooms are other processes, which check in turn."""

    def __init__(self, rooms: Sequence[Room], seed: int) -> None:
        self.room = rooms[0]
        self._services = [room.alerts for room in rooms]
        self._random = random.Random(seed)
        self._tasks: list[Task] = []
        self._rows: dict[str, TableTask] = {}
        self._table_runs: list[TableRuns] = []
        self._posted = 0

    async def run(self, steps: int) -> None:
        """Let so many things happen, with checks between them."""
        for _ in range(21):  # So that it is known how long one takes.
            task = await self.room.tasks.create("steady")
            await self.room.tasks.report(task, "running")
            self.room.clock.advance(seconds=30)
            await self.room.tasks.report(task, "completed")
        acts = (
            *[self._fail] * 8,
            *[self._begin] * 4,
            *[self._go_on] * 12,
            *[self._silence, self._unsilence, self._act, self._act, self._act, self._report] * 2,
            *[self._rows_change, self._check_now, self._deliver, self._deliver, self._flap],
        )
        for _ in range(steps):
            for _ in range(self._random.choice((0, 0, 1, 1, 2, 5))):
                step: Callable[[], Coroutine[Any, Any, None]] = self._random.choice(acts)
                with suppress(ConflictError):
                    await step()
            await self._tick()

    async def _tick(self) -> None:
        self.room.alerts = self._random.choice(self._services)
        odd = self._random.random()
        minutes = 1.0 if odd < 0.8 else self._random.choice((0.3, 5, 17, 61, 200))
        self.room.clock.advance(minutes=minutes, seconds=self._random.random())
        await self.room.tasks.intake.mark_lost()
        tables = []
        if self._random.random() < 0.3:
            rows = list(self._rows.values())
            tables = [ReadTable("jobs", rows, self.room.clock.now())]
            self._table_runs = [table.runs for table in tables]
        channels: AlertChannels | None = CHANNELS
        if odd > 0.97:
            channels = self._random.choice((None, AlertChannels("T1", None, {}, is_certain=False)))
        options = CheckOptions(tables=tables, table_runs=self._table_runs)
        await self.room.alerts.check(TENANT, channels, options)

    async def _fail(self) -> None:
        kind, error = self._random.choice(KINDS), self._random.choice(ERRORS)
        subject = self._random.choice((None, "dealer 7", "dealer 8"))
        self._tasks.append(await self.room.fail(kind, error, subject=subject))

    async def _flap(self) -> None:
        task = await self.room.fail("import", "flaps", subject="dealer 9")
        await self.room.check(seconds=61)
        await self.room.tasks.report(task, "running", attempt=2)
        await self.room.tasks.report(task, "completed", attempt=2)

    async def _begin(self) -> None:
        kind, subject = self._random.choice(KINDS), self._random.choice((None, "dealer 7"))
        task = await self.room.tasks.create(kind, subject=subject)
        self._tasks.append(task)
        if self._random.random() < 0.7:
            await self.room.tasks.report(task, "running")

    async def _go_on(self) -> None:
        if not self._tasks:
            return
        task = await self.room.tasks.row(self._random.choice(self._tasks))
        if task.status in (TaskStatus.FAILED, TaskStatus.LOST):
            await self.room.tasks.report(task, "running", attempt=task.attempt + 1)
        elif task.status in (TaskStatus.QUEUED, TaskStatus.RUNNING):
            act = self._random.choice(("beat", "running", "completed", "completed", "failed"))
            if act == "beat":
                await self.room.tasks.beat(task)
            else:
                await self.room.tasks.report(task, act, error=self._random.choice(ERRORS))

    async def _silence(self) -> None:
        kind = self._random.choice((*KINDS, "nightly-*"))
        minutes = self._random.choice((5, 30, 90))
        duration = timedelta(minutes=minutes)
        if self._random.random() < 0.5:
            await self.room.alerts.mute(TENANT, kind, by=ADA, duration=duration)
        else:
            every = self._random.choice((kind, None))
            await self.room.alerts.maintain(TENANT, every, by=BEN, duration=duration)

    async def _unsilence(self) -> None:
        for one in await self.room.alerts.silences(TENANT):
            await self.room.alerts.unmute(TENANT, one.task)
            await self.room.alerts.end_maintenance(TENANT, one.task or None)

    async def _act(self) -> None:
        alerts = [one for one in await self.room.rows() if one.state != "resolved"]
        if not alerts:
            return
        alert = self._random.choice(alerts)
        verb = self._random.choice(("acknowledge", "snooze", "resolve"))
        if verb == "acknowledge":
            await self.room.alerts.acknowledge(TENANT, alert.id, by=ADA)
        elif verb == "snooze":
            minutes = self._random.choice((3, 70, None))
            length = timedelta(minutes=minutes) if minutes else None
            await self.room.alerts.snooze(TENANT, alert.id, by=BEN, duration=length)
        else:
            await self.room.alerts.resolve(TENANT, alert.id, by=BEN, reason="seen")

    async def _report(self) -> None:
        key = self._random.choice("abc")
        report = ExternalReport(
            kind="disk",
            group=self._random.choice("xy") * 1_000,
            key=key * 1_000,
            summary=f"disk {key}" * 1_000,
            is_over=self._random.random() < 0.5,
            is_critical=self._random.random() < 0.2,
            began_at=self._random.choice((None, START)),
        )
        await self.room.check(CheckOptions(external=[report]), seconds=1)

    async def _rows_change(self) -> None:
        key, now = self._random.choice("abcd"), self.room.clock.now()
        status = self._random.choice((TaskStatus.FAILED, TaskStatus.RUNNING, TaskStatus.COMPLETED))
        self._rows[key] = TableTask(key, "rows", status, str(status), now, now, "dealer 7", "gone")

    async def _check_now(self) -> None:
        timeout = self._random.choice((None, timedelta(minutes=2), timedelta(minutes=30)))
        failed, stuck = self._random.choice(((True, True), (True, False), (False, True)))
        dry_run = self._random.random() < 0.2
        options = CheckOptions(timeout, failed, stuck, dry_run, is_asked=True)
        await self.room.check(options, seconds=2)

    async def _deliver(self) -> None:
        def work(session: Session) -> None:
            for message in session.exec(select(Message).where(col(Message.ts).is_(None))):
                self._posted += 1
                message.ts, message.is_posted = f"1700000000.{self._posted:06}", True
                message.delivered_revision = message.revision

        await self.room.database.write(work)

    async def entries(self) -> list[tuple[int, dict[str, Any], bool]]:
        """Return the whole history."""
        return await self.room.database.read(lambda session: list(read_entries(session, TENANT, 0)))

    async def latest(self) -> dict[TroubleGroup, Alert]:
        """Return the latest alert of each group."""

        def work(session: Session) -> list[Alert]:
            return list(session.exec(select(Alert).order_by(col(Alert.number))))

        alerts = await self.room.database.read(work)
        return {TroubleGroup(one.type, one.task, one.fingerprint): one for one in alerts}

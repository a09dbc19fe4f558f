"""The use cases of tasks over a real database, with a clock that is set by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from bot.config_file import ConfigFile
from bot.db import Database
from bot.messages.models import Message
from bot.subscriptions.announcer import tell_subscribers
from bot.tasks.announcer import Announcer
from bot.tasks.creation import NewTask, Owner
from bot.tasks.display import Links
from bot.tasks.intake import Intake
from bot.tasks.models import Task, TaskStatus
from bot.tasks.service import Tasks
from bot.tasks.transactions import Transactions
from bot.tasks.updates import ReportOutcome, StatusReport

ADA, BEN, CLEO = "U0ADA00001", "U0BEN00002", "U0CLEO0003"
OURS = Owner("default", "T1")
CLEOS = Owner("cleo", "T2")
START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class HandClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def advance(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass
class Recorder:
    """Remembers who was woken."""

    woken: list[str] = field(default_factory=list)

    def wake(self, workspace_id: str) -> None:
        self.woken.append(workspace_id)


@dataclass
class Room:
    """Everything a test of the use cases needs in a word."""

    database: Database
    clock: HandClock
    tasks: Tasks
    intake: Intake
    lanes: Recorder
    stopped: list[Task]

    async def create(self, task: str = "import", **options: Any) -> Task:
        """Announce a task of Ada's tenant and return it."""
        made, _ = await self.tasks.create(
            OURS, NewTask(task, options.pop("channel", "C1"), **options)
        )
        return made

    async def report(self, task: Task, status: str, **said: Any) -> ReportOutcome:
        """Let the worker say something about a task."""
        report = StatusReport(status=TaskStatus(status), task_id=task.id, **said)
        return (await self.intake.report(OURS, report)).outcome

    async def beat(self, task: Task) -> ReportOutcome:
        """Let the worker give a sign of life."""
        return (await self.intake.heartbeat(OURS, task.id)).outcome

    async def log(self, task_id: str, lines: list[Any], owner: Owner = OURS) -> int:
        """Let the worker send log lines, and return how many go to the thread."""
        return (await self.intake.log(owner, task_id, lambda _task: lines)).count

    async def row(self, task: Task) -> Task:
        """Return the task as it stands in the table."""
        return await self.database.read(
            lambda session: session.get_one(Task, (task.id, task.tenant))
        )

    async def all(self, table: type[SQLModel]) -> list[Any]:
        """Return every row of a table."""
        return await self.database.read(lambda session: list(session.exec(select(table))))

    async def change(self, task: Task, **values: Any) -> None:
        """Write to the task's row behind the back of the use cases."""

        def work(session: Session) -> None:
            row = session.get_one(Task, (task.id, task.tenant))
            for name, value in values.items():
                setattr(row, name, value)

        await self.database.write(work)

    async def message(self, task: Task) -> Message:
        """Return the task's message."""

        def work(session: Session) -> Message:
            return session.get_one(
                Message, session.get_one(Task, (task.id, task.tenant)).message_id
            )

        return await self.database.read(work)

    async def replies(self, task: Task) -> list[Message]:
        """Return the replies in the thread of the task's message."""

        def work(session: Session) -> list[Message]:
            parent = session.get_one(Task, (task.id, task.tenant)).message_id
            query = select(Message).where(Message.parent_id == parent)
            return list(session.exec(query.order_by(col(Message.created_at))))

        return await self.database.read(work)

    async def post(self, task: Task, ts: str = "1700000000.000100") -> None:
        """Let the lane have posted the task's message."""

        def work(session: Session) -> None:
            message = session.get_one(
                Message, session.get_one(Task, (task.id, task.tenant)).message_id
            )
            message.ts, message.is_posted = ts, True

        await self.database.write(work)


def make_room(
    database: Database,
    clock: HandClock,
    *,
    on_creation: bool = True,
    runner: str | None = "mill",
    launcher: Any = None,
    can_retry: Callable[[Task], bool] = lambda task: task.runner is not None,
) -> Room:
    """Wire the use cases as the composition root does."""
    lanes, stopped = Recorder(), list[Task]()
    announcer = Announcer(
        Links(ConfigFile()),
        can_retry=can_retry,
        on_creation=on_creation,
        on_end=tell_subscribers,
    )
    transactions = Transactions(database, lanes=lanes, launcher=launcher or Recorder())

    def runner_of(task: Task) -> str | None:
        return task.runner or runner

    return Room(
        database,
        clock,
        Tasks(transactions, announcer, clock, runner_of, stopped.append),
        Intake(transactions, announcer, clock, runner_of),
        lanes,
        stopped,
    )


def values(row: SQLModel) -> dict[str, Any]:
    """Return what stands in a row."""
    return {name: getattr(row, name) for name in type(row).model_fields}

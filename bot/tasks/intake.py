"""
What the work itself says: reports, heartbeats, log lines; and what its silence says.

Each method is one transaction: the task, its message and the events.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.errors import ConflictError, FieldProblem, InvalidError
from bot.messages.models import Rank
from bot.tasks import queries
from bot.tasks.announcer import Announcer
from bot.tasks.creation import NewTask, Owner, make_task
from bot.tasks.line_redaction import LineRedactor
from bot.tasks.models import ENDS, LIVE, Status, Task
from bot.tasks.transactions import Transactions
from bot.tasks.updates import Outcome, Report, apply, hear

#: How many lost tasks one sweep announces; the next sweep takes the rest.
SWEEP = 100


@dataclass(frozen=True)
class Reported:
    """What became of a report."""

    task_id: str
    outcome: Outcome


class Intake:
    """Takes what workers, orchestrators and the client report."""

    def __init__(
        self,
        transactions: Transactions,
        announcer: Announcer,
        clock: Clock,
        runner_of: Callable[[Task], str | None],
    ) -> None:
        self._transactions = transactions
        self._announcer = announcer
        self._clock = clock
        self._runner_of = runner_of
        self._lines = LineRedactor()

    async def report(self, owner: Owner, report: Report) -> Reported:
        """
        Take what a worker says. An unknown task at a known place in Slack is adopted.

        Raises `InvalidError` when the report names neither a task nor a place.
        """

        def work(session: Session) -> Reported:
            now = self._clock.now()
            task = self._find(session, owner, report)
            if task is None:
                return self._take_in(session, owner, report, now)
            before = (task.status, task.attempt)
            outcome = apply(task, report, now)
            if outcome is Outcome.APPLIED:
                changed = before != (task.status, task.attempt)
                self._announcer.show(
                    session,
                    task,
                    now,
                    rank=Rank.NORMAL if changed else Rank.PROGRESS,
                    new_attempt=task.attempt > before[1],
                )
            return Reported(task.id, outcome)

        return await self._transactions.write(owner, work)

    async def heartbeat(self, owner: Owner, task_id: str) -> Outcome:
        """Renew the lease of a running task; one that counted as lost is revived."""

        def work(session: Session) -> Outcome:
            task = queries.get_task(session, owner.tenant, task_id, for_change=True)
            return self._beat(session, task)

        return await self._transactions.write(owner, work)

    async def keep_alive(self, owner: Owner, task_id: str, attempt: int) -> Status:
        """
        Take it from whoever sees an attempt run that it does, and return where it stands.

        An attempt that is not the newest any more is left alone and counts as running.
        """

        def work(session: Session) -> Status:
            task = queries.get_task(session, owner.tenant, task_id, for_change=True)
            if task.attempt != attempt:
                return Status.RUNNING
            self._beat(session, task, is_seen=True)
            return task.status

        return await self._transactions.write(owner, work)

    def _beat(self, session: Session, task: Task, *, is_seen: bool = False) -> Outcome:
        now = self._clock.now()
        if task.status in ENDS:
            return Outcome.FINAL
        task.beats = True
        if task.status == Status.RUNNING or (task.status == Status.QUEUED and not is_seen):
            hear(task, now)
            return Outcome.APPLIED
        outcome = apply(task, Report(status=Status.RUNNING), now)
        self._announcer.show(session, task, now, rank=Rank.NORMAL)
        return outcome

    async def live_of(self, runner: str) -> list[Task]:
        """Return what a runner was handed, of every tenant, and has not ended; lost ones too."""

        def work(session: Session) -> list[Task]:
            wanted = col(Task.status).in_([*LIVE, Status.LOST])
            is_handed_over = (
                col(Task.launch_wanted_at).is_(None),
                col(Task.launched_at).is_not(None),
            )
            query = select(Task).where(Task.runner == runner, wanted, *is_handed_over)
            return list(session.exec(query).all())

        return await self._transactions.read(work)

    async def log(self, owner: Owner, task_id: str, lines: list[dict[str, Any]]) -> int:
        """Bring log lines into the task's thread, without secrets, and return how many."""
        lines = self._lines.redact((owner.tenant, task_id), lines)

        def work(session: Session) -> int:
            task = queries.get_task(session, owner.tenant, task_id, for_change=True)
            if not lines or not self._announcer.log(session, task, lines, self._clock.now()):
                return 0
            return len(lines)

        return await self._transactions.write(owner, work)

    async def mark_lost(self) -> int:
        """Say of tasks whose lease ran out that they stopped reporting; return how many."""
        woken: set[str] = set()

        def work(session: Session) -> int:
            now = self._clock.now()
            query = (
                select(Task)
                .where(Task.status == Status.RUNNING, col(Task.lease_until) < now)
                .limit(SWEEP)
                .with_for_update(skip_locked=True)
            )
            silent = session.exec(query).all()
            for task in silent:
                task.status = Status.LOST
                task.updated_at = now
                task.lease_until = None
                self._announcer.show(session, task, now, rank=Rank.FINAL)
                woken.add(task.workspace_id)
            return len(silent)

        count = await self._transactions.write_all(work)
        for workspace_id in woken:
            self._transactions.wake(workspace_id)
        return count

    def _find(self, session: Session, owner: Owner, report: Report) -> Task | None:
        if report.task_id:
            return queries.get_task(session, owner.tenant, report.task_id, for_change=True)
        if not (report.channel and report.ts):
            fix = "give it, or `channel` and `ts`"
            raise InvalidError(f"Name the task: `taskId`: {fix}.", [FieldProblem("taskId", fix)])
        return queries.find_by_place(session, owner.tenant, report.channel, report.ts)

    def _take_in(self, session: Session, owner: Owner, report: Report, now: datetime) -> Reported:
        """Adopt a message of somebody else's making as a new task."""
        if queries.is_taken(session, owner.workspace_id, report.channel or "", report.ts or ""):
            raise ConflictError("The message at this `ts` is mine and no task's.")
        new = NewTask(
            task=report.task or "task", channel=report.channel or "", subject=report.subject
        )
        task = make_task(owner, new, now)
        task.runner = self._runner_of(task)
        task.attempt = report.attempt or 1
        outcome = apply(task, report, now)
        self._announcer.adopt(session, task, report.ts or "", now)
        session.add(task)
        return Reported(task.id, outcome)

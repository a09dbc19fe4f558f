"""
Takes in reports, heartbeats and log lines, and detects tasks that have gone silent.

Task, message and events change together, in a transaction that several callers may share.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from bot.clock import Clock
from bot.errors import ConflictError, FieldProblem, InvalidError, NotFoundError
from bot.messages.models import Rank
from bot.tasks import external_ids, logs, queries
from bot.tasks.announcer import Announcer
from bot.tasks.creation import NewTask, Owner, make_task
from bot.tasks.line_redaction import LineRedactor
from bot.tasks.models import ENDS, LIVE, ReportReceipt, Task, TaskStatus
from bot.tasks.report_queue import LateEdits, ReportQueue
from bot.tasks.transactions import Transactions
from bot.tasks.updates import ReportOutcome, StatusReport, apply, hear

#: How many lost tasks one sweep announces; the next sweep takes the rest.
_SWEEP = 100


@dataclass(frozen=True)
class Reported:
    """The outcome of a report, and the id of its task."""

    task_id: str
    outcome: ReportOutcome
    correlation_id: str | None = None  # that of the task


@dataclass(frozen=True)
class _Logged:
    """How many lines go to the thread of which task."""

    task_id: str
    count: int


class Intake:
    """Takes what workers, orchestrators and the client report."""

    def __init__(
        self,
        transactions: Transactions,
        announcer: Announcer,
        clock: Clock,
        runner_of: Callable[[Task], str | None],
        kept: timedelta = timedelta(days=30),
    ) -> None:
        self._kept = kept
        self._transactions = transactions
        self._announcer = announcer
        self._clock = clock
        self._runner_of = runner_of
        self._queue = ReportQueue(transactions, self._show_progress)
        self._lines = LineRedactor()

    async def report(
        self,
        owner: Owner,
        report: StatusReport,
        *,
        only: str | None = None,
        once: str | None = None,
    ) -> Reported:
        """
        Process a worker's report. An unknown task at a known place in Slack is adopted.

        *only* is the id of the one task that may be reported on. A report with the same *once* as
        an earlier one is stale. Raises `InvalidError` if the report names neither a task nor a
        place, `NotFoundError` if there is no such task.
        """

        def work(session: Session, late: LateEdits) -> Reported:
            now = self._clock.now()
            known = once and session.get(ReportReceipt, (owner.tenant, once))
            if known:
                task = _find(session, owner.tenant, report)
                return Reported(task.id if task else report.task_id or "", ReportOutcome.STALE)
            reported = self._report(session, late, owner, report, only, now)
            if once is not None:
                session.add(ReportReceipt(tenant=owner.tenant, key=once, at=now))
            return reported

        key = (owner.tenant, report.task_id, report.place)
        is_end = report.status in ENDS
        return await self._queue.submit(owner.workspace_id, key, work, is_end=is_end)

    def _report(
        self,
        session: Session,
        late: LateEdits,
        owner: Owner,
        report: StatusReport,
        only: str | None,
        now: datetime,
    ) -> Reported:
        task = _find(session, owner.tenant, report)
        if only is not None and (task is None or task.id != only):
            raise NotFoundError(f"There is no task `{report.task_id}` for this token.")
        if task is None:
            return self._adopt(session, owner, report, now)
        if report.task_id and report.place and task.id != report.task_id:
            external_ids.remember(session, task, report.task_id, report.place, now)
        before = (task.status, task.attempt)
        outcome = apply(task, report, now)
        if outcome is ReportOutcome.APPLIED and before == (task.status, task.attempt):
            late.want(task)
        elif outcome is ReportOutcome.APPLIED:
            is_new = task.attempt > before[1]
            self._show(session, late, task, now, new_attempt=is_new)
        return Reported(task.id, outcome, task.correlation_id)

    async def heartbeat(self, owner: Owner, task_id: str, *, only: str | None = None) -> Reported:
        """Renew the lease of a running task; one that counted as lost is revived."""

        def work(session: Session, late: LateEdits) -> Reported:
            task = _get(session, owner.tenant, task_id, only)
            return Reported(task.id, self._beat(session, task, late.drop))

        return await self._queue.submit(owner.workspace_id, (owner.tenant, task_id, None), work)

    async def keep_alive(self, owner: Owner, task_id: str, attempt: int) -> TaskStatus:
        """
        Record that an attempt was seen running, and return its status.

        An attempt that is no longer the newest is left alone and counts as running.
        """

        def work(session: Session) -> TaskStatus:
            task = queries.get_task(session, owner.tenant, task_id, for_change=True)
            if task.attempt != attempt:
                return TaskStatus.RUNNING
            self._beat(session, task, is_seen=True)
            return task.status

        return await self._transactions.write(owner, work)

    def _beat(
        self,
        session: Session,
        task: Task,
        drop_late: Callable[[Task], None] = lambda _task: None,
        *,
        is_seen: bool = False,
    ) -> ReportOutcome:
        now = self._clock.now()
        if task.status in ENDS:
            return ReportOutcome.FINAL
        task.beats = True
        if task.status == TaskStatus.RUNNING or (task.status == TaskStatus.QUEUED and not is_seen):
            hear(task, now)
            return ReportOutcome.APPLIED
        outcome = apply(task, StatusReport(status=TaskStatus.RUNNING), now)
        drop_late(task)
        self._announcer.show(session, task, now, rank=Rank.NORMAL)
        return outcome

    async def live_of(self, runner: str) -> list[Task]:
        """Return the unfinished attempts given to a runner, of every tenant; lost ones included."""

        def work(session: Session) -> list[Task]:
            wanted = col(Task.status).in_([*LIVE, TaskStatus.LOST])
            is_handed_over = (
                col(Task.launch_wanted_at).is_(None),
                col(Task.launched_at).is_not(None),
            )
            query = select(Task).where(Task.runner == runner, wanted, *is_handed_over)
            return list(session.exec(query).all())

        return await self._transactions.read(work)

    async def log(
        self,
        owner: Owner,
        task_id: str,
        choose: Callable[[Task], list[dict[str, Any]]],
        *,
        only: str | None = None,
    ) -> _Logged:
        """
        Keep the lines that *choose* returns, without secrets, and tell those that are `loud`.

        `count` of the answer is how many of them go to the task's thread.
        """

        def work(session: Session, late: LateEdits) -> _Logged:
            task = _get(session, owner.tenant, task_id, only)
            lines = self._lines.redact((task.tenant, task.id), choose(task))
            if not lines:
                return _Logged(task.id, 0)
            now = self._clock.now()
            if task in late:  # The lines come after the progress that was reported before them.
                late.drop(task)
                self._announcer.show(session, task, now, rank=Rank.PROGRESS)
            loud = [_bare(line) for line in lines if line.get("loud", True)]
            shown = self._announcer.log(session, task, loud, now)
            logs.keep_lines(session, task, lines, shown, now)
            if not task.has_logs:
                task.has_logs = True
                if task.message_id is not None:  # For the button.
                    self._announcer.show(session, task, now, rank=Rank.PROGRESS)
            elif task.status in ENDS:  # The last lines come after the end.
                self._announcer.attach_log(session, task, now)
            return _Logged(task.id, shown)

        return await self._queue.submit(owner.workspace_id, (owner.tenant, task_id, None), work)

    async def forget_old(self) -> None:
        """Delete log lines and receipts of reports that the settings no longer keep."""
        before = self._clock.now() - self._kept

        def work(session: Session) -> None:
            logs.forget_lines(session, before)
            session.exec(delete(ReportReceipt).where(col(ReportReceipt.at) < before))

        await self._transactions.write_all(work)

    async def mark_lost(self) -> int:
        """Say of tasks whose lease ran out that they stopped reporting; return how many."""
        woken: set[str] = set()

        def work(session: Session) -> int:
            now = self._clock.now()
            query = (
                select(Task)
                .where(Task.status == TaskStatus.RUNNING, col(Task.lease_until) < now)
                .limit(_SWEEP)
                .with_for_update(skip_locked=True)
            )
            silent = session.exec(query).all()
            for task in silent:
                task.status = TaskStatus.LOST
                task.updated_at = now
                task.lease_until = None
                self._announcer.show(session, task, now, rank=Rank.FINAL)
                woken.add(task.workspace_id)
            return len(silent)

        count = await self._transactions.write_all(work)
        for workspace_id in woken:
            self._transactions.wake(workspace_id)
        return count

    def _show(
        self,
        session: Session,
        late: LateEdits,
        task: Task,
        now: datetime,
        *,
        new_attempt: bool = False,
    ) -> None:
        late.drop(task)
        self._announcer.show(session, task, now, rank=Rank.NORMAL, new_attempt=new_attempt)

    def _show_progress(self, session: Session, tasks: Iterable[Task]) -> None:
        now = self._clock.now()
        for task in tasks:
            self._announcer.show(session, task, now, rank=Rank.PROGRESS)

    def _adopt(
        self, session: Session, owner: Owner, report: StatusReport, now: datetime
    ) -> Reported:
        """Make a message of somebody else's making that of a new task, under the given id."""
        place = report.place
        if place is None:
            raise NotFoundError(f"There is no task `{report.task_id}`.")
        if queries.is_taken(session, owner.workspace_id, place.channel, place.ts):
            raise ConflictError("The message at this `ts` is mine and no task's.")
        new = NewTask(
            task=report.task or "task",
            channel=place.channel,
            subject=report.subject,
            task_id=_free_id(session, owner.tenant, report.task_id),
        )
        task = make_task(owner, new, now)
        task.runner = self._runner_of(task)
        task.attempt = report.attempt or 1
        outcome = apply(task, report, now)
        self._announcer.adopt(session, task, place.ts, now)
        session.add(task)
        if report.task_id:
            external_ids.remember(session, task, report.task_id, place, now)
        return Reported(task.id, outcome)


def _find(session: Session, tenant: str, report: StatusReport) -> Task | None:
    """Return the task that is meant, held; None if it can only be adopted."""
    if report.task_id and report.place:
        return queries.find_reported(session, tenant, report.task_id, report.place)
    if report.task_id:
        return queries.get_task(session, tenant, report.task_id, for_change=True)
    if report.place:
        return queries.find_by_place(session, tenant, report.place)
    fix = "give it, or `channel` and `ts`"
    raise InvalidError(f"Name the task: `taskId`: {fix}.", [FieldProblem("taskId", fix)])


def _get(session: Session, tenant: str, task_id: str, only: str | None) -> Task:
    task = queries.get_task(session, tenant, task_id, for_change=True)
    if only is not None and task.id != only:
        raise NotFoundError(f"There is no task `{task_id}` for this token.")
    return task


def _free_id(session: Session, tenant: str, task_id: str | None) -> str | None:
    """Return the orchestrator's id if a task may have it as its own and none does."""
    if task_id is None or not external_ids.is_task_id(task_id):
        return None
    return None if session.get(Task, (task_id, tenant)) else task_id


def _bare(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "loud"}

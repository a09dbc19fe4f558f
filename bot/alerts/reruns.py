"""
Reruns all failed tasks of an alert, from the click to the last task.

The list is stored before anything is started, and each task is started by the attempt that was seen
to fail, so a crash in between, or a second click, starts nothing twice.
"""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.alerts import queries
from bot.alerts.display import SEVERAL
from bot.alerts.incident_rows import held_with_tasks
from bot.alerts.models import Alert, AlertRerun
from bot.alerts.rerun_waves import Rerun, RerunState, SeenRun, advance, begin
from bot.clock import Clock
from bot.db import Database
from bot.errors import ConflictError, NotFoundError
from bot.messages import outbox
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content
from bot.tasks.creation import Owner
from bot.tasks.models import RETRYABLE, Task, TaskStatus

RERUN = "alerts/rerun"
_RUNS_ALREADY = "Its tasks are already being retried."
_LIVE = (RerunState.CANARY, RerunState.WAVES)


class Retry(Protocol):
    """Who starts the next attempt of a task, and raises `ConflictError` where somebody has."""

    async def retry(self, owner: Owner, task_id: str, *, by: str, attempt: int | None) -> object:
        """Start the attempt after *attempt*."""
        ...


class Reruns:
    """Begins reruns and brings them forward."""

    def __init__(self, database: Database, tasks: Retry, clock: Clock) -> None:
        self._database = database
        self._tasks = tasks
        self._clock = clock

    async def begin(self, owner: Owner, alert_id: str, *, by: str) -> int:
        """
        Rerun the failed tasks of an alert, a canary first; return how many there are.

        Raises `ConflictError` if a rerun is in progress, or if none of them can be rerun.
        """

        def work(session: Session) -> int:
            alert = queries.get_alert(session, owner.tenant, alert_id, for_change=True)
            live = select(AlertRerun.id).where(
                AlertRerun.alert_id == alert.id, col(AlertRerun.state).in_(_LIVE)
            )
            if session.exec(live).first() is not None:
                raise ConflictError(_RUNS_ALREADY)
            again = _retryable(session, alert)
            if not again:
                raise ConflictError("None of its tasks can be retried: they have no runner.")
            rerun = begin(again)
            row = AlertRerun(
                tenant=owner.tenant,
                workspace_id=owner.workspace_id,
                alert_id=alert.id,
                by=by,
                waiting=[list(one) for one in rerun.waiting],
                running=[list(one) for one in rerun.running],
                began_at=self._clock.now(),
            )
            _tell_rerun(session, row, alert, self._clock.now())
            session.add(row)
            return len(again)

        try:
            count = await self._database.write(work)
        except IntegrityError as error:
            raise ConflictError(_RUNS_ALREADY) from error
        await self.advance_all()
        return count

    async def advance_all(self) -> int:
        """Advance every rerun and start its next tasks; return how many are not finished."""
        live = await self._database.read(_live_reruns)
        for row in live:
            after = await self._database.write(partial(self._advance, row))
            if after is not None:
                await self._start(after)
        return len(live)

    def _advance(self, row: AlertRerun, session: Session) -> AlertRerun | None:
        query = select(AlertRerun).where(AlertRerun.id == row.id).with_for_update()
        held = session.exec(query).one_or_none()
        if held is None or held.state not in _LIVE:
            return None
        before = _rerun_of(held)
        after = advance(before, _seen_tasks(session, held))
        if after != before:
            _apply_rerun(held, after)
            session.add(held)
            alert = session.get_one(Alert, held.alert_id)
            _tell_rerun(session, held, alert, self._clock.now())
        return held if after.running else None

    async def _start(self, row: AlertRerun) -> None:
        owner = Owner(row.tenant, row.workspace_id)
        for task_id, attempt in row.running:
            # Somebody else, or a process that died, has started it; or it is gone.
            with contextlib.suppress(ConflictError, NotFoundError):
                await self._tasks.retry(owner, task_id, by=row.by, attempt=attempt)


def _retryable(session: Session, alert: Alert) -> tuple[tuple[str, int], ...]:
    """Return the alert's failed tasks that have a runner, each with its attempt."""
    return tuple(
        (task.id, task.attempt)
        for trouble, task in held_with_tasks(session, [alert.id])
        if task is not None and task.runner and task.status == TaskStatus.FAILED
        if task.attempt == trouble.attempt and task.status in RETRYABLE
    )


def _live_reruns(session: Session) -> Sequence[AlertRerun]:
    """Return the reruns that are not over."""
    query = select(AlertRerun).where(col(AlertRerun.state).in_(_LIVE))
    return session.exec(query.order_by(col(AlertRerun.began_at))).all()


def _seen_tasks(session: Session, row: AlertRerun) -> dict[str, SeenRun]:
    """Return how the tasks that run are now."""
    ids = [task_id for task_id, _ in row.running]
    query = select(Task).where(Task.tenant == row.tenant, col(Task.id).in_(ids))
    return {task.id: SeenRun(task.attempt, TaskStatus(task.status)) for task in session.exec(query)}


def _rerun_of(row: AlertRerun) -> Rerun:
    """Return the row to decide on."""
    return Rerun(
        waiting=tuple((task_id, attempt) for task_id, attempt in row.waiting),
        running=tuple((task_id, attempt) for task_id, attempt in row.running),
        state=RerunState(row.state),
        wave=row.wave,
        succeeded=row.succeeded,
        failed=row.failed,
    )


def _apply_rerun(row: AlertRerun, rerun: Rerun) -> None:
    """Bring the row to what was decided."""
    row.waiting = [list(one) for one in rerun.waiting]
    row.running = [list(one) for one in rerun.running]
    row.state, row.wave = rerun.state, rerun.wave
    row.succeeded, row.failed = rerun.succeeded, rerun.failed


def _tell_rerun(session: Session, row: AlertRerun, alert: Alert, now: datetime) -> None:
    """Show it in one message, in the alert's thread."""
    context = _rerun_context(row, alert)
    if row.message_id is not None:
        is_over = row.state not in _LIVE
        outbox.edit(session, row.message_id, context, now=now, rank=Rank.ALERT, final=is_over)
        return
    parent = session.get(Message, alert.message_id) if alert.message_id else None
    if parent is not None:
        row.message_id = outbox.reply(session, parent, Content(RERUN, context), now=now).id


def _rerun_context(row: AlertRerun, alert: Alert) -> dict[str, Any]:
    """Return the context of `templates/alerts/rerun.json`."""
    return {
        "task": alert.task or SEVERAL,
        "state": str(row.state),
        "by": row.by,
        "total": len(row.waiting) + len(row.running) + row.succeeded + row.failed,
        "waiting": len(row.waiting),
        "running": len(row.running),
        "succeeded": row.succeeded,
        "failed": row.failed,
    }

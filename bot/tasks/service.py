"""
The use cases of tasks: create, retry, cancel, show, list.

Each method is one transaction: the task, its message and the events.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.clock import Clock
from bot.errors import ConflictError, FieldProblem, InvalidError
from bot.ids import is_slack_user_id
from bot.messages.models import Rank
from bot.redaction import redact_json
from bot.tasks import queries
from bot.tasks.announcer import Announcer
from bot.tasks.creation import NewTask, Owner, act, make_task
from bot.tasks.logs import LogTail, tail
from bot.tasks.models import LIVE, RETRYABLE, Task, TaskStatus
from bot.tasks.transactions import Transactions
from bot.tasks.updates import StatusReport, apply, start_over
from bot.tracing.spans import link_to

#: Who did what to a task is remembered so far back.
_MAX_ACTS = 20


class Tasks:
    """The use cases of tasks."""

    def __init__(
        self,
        transactions: Transactions,
        announcer: Announcer,
        clock: Clock,
        runner_of: Callable[[Task], str | None],
        stop_work: Callable[[Task], None],
    ) -> None:
        self._transactions = transactions
        self._announcer = announcer
        self._clock = clock
        self._runner_of = runner_of
        self._stop_work = stop_work

    async def create(self, owner: Owner, new: NewTask) -> tuple[Task, bool]:
        """
        Announce a task and return it with True; for an existing `task_id`, that task with False.

        Raises `InvalidError` if it is to run and there is no runner for it.
        """

        def work(session: Session) -> tuple[Task, bool]:
            now = self._clock.now()
            known = session.get(Task, (new.task_id, owner.tenant)) if new.task_id else None
            if known is not None:
                return known, False
            task = make_task(owner, new, now)
            task.runner = self._runner_of(task)
            apply(task, StatusReport(status=new.status), now)
            if new.run:
                _want_launch(task, now)
            self._announcer.show(session, task, now, rank=Rank.FIRST_POST)
            session.add(task)
            return task, True

        return await self._transactions.write(owner, work)

    async def retry(
        self,
        owner: Owner,
        task_id: str,
        *,
        by: str,
        attempt: int | None = None,
        payload: Any = None,
        reason: str | None = None,
    ) -> Task:
        """
        Start the next attempt. *attempt* is the one that the person saw; None retries the newest.

        Raises `ConflictError` if somebody was faster or the task has not ended.
        """

        payload, reason = redact_json(payload), redact_json(reason)

        def work(session: Session) -> Task:
            now = self._clock.now()
            task = queries.get_task(session, owner.tenant, task_id, for_change=True)
            _require_retryable(task, attempt, now)
            start_over(task, task.attempt + 1)
            task.updated_at = now
            task.payload = payload if payload is not None else task.payload
            task.acted = _with_act(task, act("retried", by, now, reason))
            _want_launch(task, now)
            self._announcer.show(session, task, now, rank=Rank.NORMAL, new_attempt=True)
            return task

        task = await self._transactions.write(owner, work)
        _link_trace(task)
        return task

    async def cancel(self, owner: Owner, task_id: str, *, by: str) -> Task:
        """End a queued or running task; raise `ConflictError` when it has ended already."""

        def work(session: Session) -> Task:
            now = self._clock.now()
            task = queries.get_task(session, owner.tenant, task_id, for_change=True)
            if task.status not in LIVE:
                done = (
                    last_act(task, "cancelled", now) if task.status == TaskStatus.CANCELLED else ""
                )
                raise ConflictError(f"Task `{task.id}` is {task.status} already{done}.")
            apply(task, StatusReport(status=TaskStatus.CANCELLED), now)
            task.launch_wanted_at = None
            task.acted = _with_act(task, act("cancelled", by, now))
            self._announcer.show(session, task, now, rank=Rank.FINAL)
            return task

        task = await self._transactions.write(owner, work)
        _link_trace(task)
        self._stop_work(task)
        return task

    async def get(self, owner: Owner, task_id: str) -> tuple[Task, str | None]:
        """Return a task and the timestamp of its message; raise `NotFoundError`."""

        def work(session: Session) -> tuple[Task, str | None]:
            task = queries.get_task(session, owner.tenant, task_id)
            return task, queries.message_ts(session, task)

        return await self._transactions.read(work)

    async def log_tail(self, owner: Owner, task_id: str, characters: int) -> tuple[Task, LogTail]:
        """Return a task and the last lines of its log; raise `NotFoundError`."""

        def work(session: Session) -> tuple[Task, LogTail]:
            task = queries.get_task(session, owner.tenant, task_id)
            return task, tail(session, task, characters)

        return await self._transactions.read(work)

    async def kinds(self, owner: Owner) -> Sequence[str]:
        """Return the kinds of the tenant's latest tasks, the newest first."""

        def work(session: Session) -> Sequence[str]:
            wanted = queries.Filter(limit=queries.MAX_LIMIT)
            tasks = queries.list_tasks(session, owner.tenant, wanted, self._clock.now())
            return [*dict.fromkeys(task.task for task in tasks)]

        return await self._transactions.read(work)

    async def list(self, owner: Owner, wanted: queries.Filter) -> Sequence[tuple[Task, str | None]]:
        """Return matching tasks with the places of their messages, newest change first."""

        def work(session: Session) -> Sequence[tuple[Task, str | None]]:
            tasks = queries.list_tasks(session, owner.tenant, wanted, self._clock.now())
            return [(task, queries.message_ts(session, task)) for task in tasks]

        return await self._transactions.read(work)


def _want_launch(task: Task, now: datetime) -> None:
    """Ask the launcher to hand the task to its runner once the transaction has committed."""
    if task.runner is None:
        fix = f"name one in opsbell.toml ([tasks.{task.task}] runner = …) or set ORCHESTRATOR_URL"
        problem = FieldProblem("runner", fix)
        raise InvalidError(f"There is no runner for `{task.task}`: {fix}.", [problem])
    task.launch_wanted_at = now
    task.launched_at = None


def _require_retryable(task: Task, attempt: int | None, now: datetime) -> None:
    who = last_act(task, "retried", now)
    if attempt is not None and attempt != task.attempt:
        raise ConflictError(f"Already retried{who}: attempt {task.attempt} is {task.status}.")
    if task.status not in RETRYABLE:
        known = f" It was retried{who}." if who else ""
        raise ConflictError(f"Task `{task.id}` is {task.status}: there is nothing to retry.{known}")
    if task.runner is None:
        raise ConflictError(
            f"Task `{task.id}` was started elsewhere: I have no runner to retry it."
        )


def _with_act(task: Task, done: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the acts on a task, latest last, without the oldest ones."""
    return [*(task.acted or []), done][-_MAX_ACTS:]


def last_act(task: Task, verb: str, now: datetime) -> str:
    """Return ` by <@U…> 4 s ago` for the last person who did *verb*, or ""."""
    last = next((act for act in reversed(task.acted or []) if act["verb"] == verb), None)
    if last is None:
        return ""
    ago = max(0, int(now.timestamp()) - int(last["at"]))
    who = f"<@{last['by']}>" if is_slack_user_id(last["by"]) else last["by"]
    return f" by {who} {ago} s ago"


def _link_trace(task: Task) -> None:
    """Let the trace of whoever acts name that of the task, where its message is delivered."""
    if key := task.correlation_id or task.message_id:
        link_to(key)

"""Keeps a task's message in step with the task, in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.messages import outbox
from bot.messages.destinations import is_destination
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content, EditOutcome, Place
from bot.messages.rendering.text_splitting import in_parts
from bot.tasks import logs
from bot.tasks.display import Links, message_context
from bot.tasks.models import ENDS, Task, TaskStatus

TEMPLATE = "tasks/task"
_SUMMARY = "tasks/summary"
ERROR = "tasks/error"
#: What the task's own message shows of an error.
_HEADLINE_CHARACTERS = 200
#: Called in the transaction in which an attempt ends, or is lost.
OnEnd = Callable[[Session, Task, datetime], None]


def _tell_nobody(_session: Session, _task: Task, _now: datetime) -> None:
    pass


class Announcer:
    """Turns the state of a task into what its message should show."""

    def __init__(
        self,
        links: Links,
        *,
        can_retry: Callable[[Task], bool],
        on_creation: bool,
        on_end: OnEnd = _tell_nobody,
    ) -> None:
        self._links = links
        self._can_retry = can_retry
        self._on_creation = on_creation
        self._on_end = on_end

    def show(
        self, session: Session, task: Task, now: datetime, *, rank: Rank, new_attempt: bool = False
    ) -> None:
        """
        Update the task's message to the task's state; create the message if there is none yet.

        With SLACK_NOTIFY_ON_TASK_CREATION off, a task that has not started has no message.
        """
        if task.message_id is None and task.status == TaskStatus.QUEUED and not self._on_creation:
            return
        final = task.status in ENDS
        edited = task.message_id is not None and outbox.edit(
            session,
            task.message_id,
            self._context(task, now),
            now=now,
            rank=rank,
            final=final,
            reopen=new_attempt,
        )
        # A task retried after its message was cleaned away gets a new one.
        if edited in (False, EditOutcome.GONE):
            task.message_id = self._post(session, task, now)
        if final:
            self._tell_the_end(session, task, now)
        if final or task.status == TaskStatus.LOST:
            self._on_end(session, task, now)

    def _post(self, session: Session, task: Task, now: datetime) -> str:
        message = outbox.put(
            session,
            self._place(task),
            Content(TEMPLATE, self._context(task, now)),
            now=now,
            final=task.status in ENDS,
            correlation_id=task.correlation_id,
            requested_by=task.created_by,
        )
        return message.id

    def adopt(self, session: Session, task: Task, ts: str, now: datetime) -> None:
        """Make an existing message in Slack the task's own."""
        message = outbox.adopt(
            session,
            self._place(task),
            ts,
            Content(TEMPLATE, self._context(task, now)),
            now=now,
            final=task.status in ENDS,
            correlation_id=task.correlation_id,
        )
        task.message_id = message.id
        if task.status in ENDS:
            self._tell_the_end(session, task, now)
            self._on_end(session, task, now)

    def log(self, session: Session, task: Task, lines: list[dict[str, Any]], now: datetime) -> int:
        """
        Put log lines into the task's thread and return how many; 0 while it has no message.

        Where there are no threads the lines would bury everything else: 0 as well.
        """
        if is_destination(task.workspace_id) or task.message_id is None or not lines:
            return 0
        return logs.stream(
            session, task, lines, now, lambda content, at: self._reply(session, task, content, at)
        )

    def attach_log(self, session: Session, task: Task, now: datetime) -> None:
        """Put the whole log of an ended attempt into its thread, if it was not all told."""
        if is_destination(task.workspace_id) or task.message_id is None or not task.has_logs:
            return
        due_at = now + logs.FILE_DELAY
        logs.attach(
            session,
            task,
            lambda content, key: self._reply(
                session, task, content, now, message_id=key, due_at=due_at
            ),
        )

    def _tell_the_end(self, session: Session, task: Task, now: datetime) -> None:
        """
        Reply once with how it ended, if there is an error or whoever reports keeps statistics.

        Statistics without a number count: the client sends them, as each of its jobs gets a
        summary. Only an error that is too long for one message is followed by its parts.
        """
        # Where there are no threads it is a post of its own, and must say more than the end did.
        apart = is_destination(task.workspace_id)
        error = task.error if task.status == TaskStatus.FAILED else None
        parts = in_parts(error) if error else []
        if task.stats is not None and not apart:
            whole = task.error if len(parts) < 2 else None
            told = {**self._context(task, now), "whole_error": whole}
            summary = self._reply(session, task, Content(_SUMMARY, told), now, rank=Rank.ALERT)
            if len(parts) > 1:
                self._tell_parts(session, task, parts, now, after=summary)
        elif error and not (apart and len(error) <= _HEADLINE_CHARACTERS):
            self._tell_parts(session, task, parts, now)
        self.attach_log(session, task, now)

    def _tell_parts(
        self,
        session: Session,
        task: Task,
        parts: list[str],
        now: datetime,
        after: Message | None = None,
    ) -> None:
        # An edit notifies nobody; the reply to a failure reaches those who follow the thread.
        context = self._context(task, now)
        for number, part in enumerate(parts, start=1):
            told = {**context, "error": part, "part": number, "parts": len(parts)}
            # Each part replies to the one before it, so that they come in order.
            after = self._reply(session, task, Content(ERROR, told), now, after, Rank.ALERT)

    def _reply(
        self,
        session: Session,
        task: Task,
        content: Content,
        now: datetime,
        after: Message | None = None,
        rank: Rank = Rank.NORMAL,
        **more: Any,
    ) -> Message | None:
        parent = session.get(Message, task.message_id) if task.message_id else None
        if parent is None:
            return None
        return outbox.reply(session, after or parent, content, now=now, rank=rank, **more)

    def _context(self, task: Task, now: datetime) -> dict[str, Any]:
        return message_context(task, self._links, now, can_retry=self._can_retry(task))

    def _place(self, task: Task) -> Place:
        return Place(task.workspace_id, task.tenant, task.channel)

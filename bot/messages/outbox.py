"""
What features do with messages: put, reply, edit, adopt, withdraw; in the caller's transaction.

Nothing here talks to Slack. The caller commits and then wakes the workspace's lane.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, select

from bot.messages.models import Event, EventName, Message, MessageState, Rank

# Slack's own advice for messages that change: at most about one edit in three seconds.
# https://docs.slack.dev/messaging/modifying-messages
EDIT_INTERVAL = timedelta(seconds=3)


@dataclass(frozen=True)
class Place:
    """Where a message should stand: a workspace's channel, perhaps in a thread."""

    workspace_id: str
    tenant: str
    channel: str
    thread_ts: str | None = None


@dataclass(frozen=True)
class Content:
    """A template and what it is filled with."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


class EditOutcome(StrEnum):
    """What became of an edit."""

    QUEUED = "queued"
    LOCKED = "locked"  #: the message is at its end; only *reopen* may change it


def put(
    session: Session,
    place: Place,
    content: Content,
    *,
    now: datetime,
    rank: Rank = Rank.FIRST_POST,
    final: bool = False,
    correlation_id: str | None = None,
) -> Message:
    """Ask for a new message and return its row; it is posted once the caller has committed."""
    message = Message(
        workspace_id=place.workspace_id,
        tenant=place.tenant,
        channel=place.channel,
        thread_ts=place.thread_ts,
        template=content.template,
        context=content.context,
        correlation_id=correlation_id,
        is_final=final,
        rank=Rank.FINAL if final else rank,
        waiting_since=now,
        due_at=now,
        created_at=now,
    )
    session.add(message)
    session.add(requested(message, now))
    return message


def reply(session: Session, parent: Message, content: Content, *, now: datetime) -> Message:
    """Ask for a reply in the thread of *parent*; it waits until the parent stands in Slack."""
    # Held, or the lane could post the parent, and free its replies, while this one is unseen.
    parent = lock(session, parent.id)
    message = Message(
        workspace_id=parent.workspace_id,
        tenant=parent.tenant,
        channel=parent.channel,
        parent_id=parent.id,
        thread_ts=parent.thread_ts,
        template=content.template,
        context=content.context,
        correlation_id=parent.correlation_id,
        rank=Rank.NORMAL,
        state=MessageState.WAITING if parent.is_posted else MessageState.BLOCKED,
        waiting_since=now,
        due_at=now,
        created_at=now,
    )
    session.add(message)
    session.add(requested(message, now))
    return message


def adopt(
    session: Session,
    place: Place,
    ts: str,
    content: Content,
    *,
    now: datetime,
    final: bool = False,
    correlation_id: str | None = None,
) -> Message:
    """Take over a message that stands in Slack already; its content is edited to ours."""
    message = put(
        session,
        place,
        content,
        now=now,
        final=final,
        rank=Rank.NORMAL,
        correlation_id=correlation_id,
    )
    message.ts = ts
    message.is_posted = True
    return message


def edit(
    session: Session,
    message_id: str,
    context: dict[str, Any],
    *,
    now: datetime,
    rank: Rank = Rank.NORMAL,
    final: bool = False,
    reopen: bool = False,
) -> EditOutcome:
    """
    Ask for a newer revision of a message; what was queued before for it will be skipped.

    A message whose newest revision is final stays as it is, unless *reopen* says that a new
    attempt starts. A progress edit waits until the last edit is three seconds old.
    """
    message = lock(session, message_id)
    if message.is_final and not reopen:
        return EditOutcome.LOCKED
    if message.state == MessageState.WITHDRAWN:
        return EditOutcome.LOCKED
    was_settled = message.delivered_revision == message.revision
    message.revision += 1
    message.context = context
    message.is_final = final
    message.tries = 0
    message.text_only = False
    message.edit_rank = Rank.FINAL if final else rank
    message.rank = message.edit_rank if message.is_posted else first_rank(message.edit_rank)
    if was_settled or message.state == MessageState.DEAD:
        message.waiting_since = now
    schedule(message, now)
    session.add(event(message, EventName.QUEUED, now, rank=int(message.rank), context=context))
    return EditOutcome.QUEUED


def withdraw(session: Session, message_id: str, *, now: datetime) -> bool:
    """Take a message back; False when it is in Slack already, or may be."""
    message = lock(session, message_id)
    if message.is_posted or message.answer_lost or message.state == MessageState.SENDING:
        return False
    if message.state != MessageState.WITHDRAWN:
        message.state = MessageState.WITHDRAWN
        session.add(event(message, EventName.WITHDRAWN, now))
    return True


def lock(session: Session, message_id: str) -> Message:
    """Return the row, held against other writers until the transaction ends."""
    query = select(Message).where(Message.id == message_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def first_rank(rank: Rank) -> Rank:
    """Return the rank of a message that is still to be posted, whatever its edits will be."""
    return min(rank, Rank.FIRST_POST)


def schedule(message: Message, now: datetime) -> None:
    """Decide when the lane may take the newest revision."""
    if message.state in (MessageState.SENDING, MessageState.BLOCKED):
        return  # The lane's record, or the parent's, decides what comes next.
    due_at = now
    if message.rank == Rank.PROGRESS and message.sent_at is not None:
        due_at = max(now, message.sent_at + EDIT_INTERVAL)
    if message.answer_lost:
        # A post may still be on its way inside Slack: looking for it sooner would miss it.
        due_at = max(due_at, message.due_at)
    message.due_at = due_at
    message.state = MessageState.DELAYED if message.due_at > now else MessageState.WAITING


def requested(message: Message, now: datetime) -> Event:
    return event(
        message,
        EventName.REQUESTED,
        now,
        channel=message.channel,
        thread_ts=message.thread_ts,
        parent_id=message.parent_id,
        template=message.template,
        rank=int(message.rank),
        context=message.context,
        correlation_id=message.correlation_id,
    )


def event(message: Message, name: EventName, now: datetime, **detail: Any) -> Event:
    """Return the event that says *name* happened to this message now; the caller adds it."""
    return Event(
        message_id=message.id,
        name=name,
        at=now,
        revision=message.revision,
        attempt=message.tries,
        detail=detail,
    )

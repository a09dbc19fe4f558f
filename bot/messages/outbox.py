"""
What features do with messages, in the caller's transaction: put, reply, edit, adopt, withdraw.

Nothing here calls Slack. The caller commits and then wakes the workspace's lane.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, select

from bot.messages.error_codes import CHANNEL_ERRORS
from bot.messages.history import projection
from bot.messages.models import (
    Event,
    EventName,
    Message,
    MessageState,
    Rank,
)
from bot.messages.policy import ANSWER_LOST, LOOKUP_DELAY, OWN_TRIES
from bot.messages.totals import add_to_totals

# Slack's own advice for messages that change: at most about one edit in three seconds.
# https://docs.slack.dev/messaging/modifying-messages
EDIT_INTERVAL = timedelta(seconds=3)
#: A channel that has refused a message is not asked again sooner for its progress alone.
_REFUSED_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True)
class Place:
    """The place of a message: a workspace's channel, optionally a thread."""

    workspace_id: str
    tenant: str
    channel: str
    thread_ts: str | None = None


@dataclass(frozen=True)
class Content:
    """A template and its context."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


class EditOutcome(StrEnum):
    """What became of an edit."""

    QUEUED = "queued"
    LOCKED = "locked"  #: the message is at its end; only *reopen* may change it
    LEFT_OUT = "left_out"  #: progress, where every change would be a post of its own
    GONE = "gone"  #: the message was completed so long ago that it is no longer kept


def put(
    session: Session,
    place: Place,
    content: Content,
    *,
    now: datetime,
    rank: Rank = Rank.FIRST_POST,
    final: bool = False,
    correlation_id: str | None = None,
    requested_by: str | None = None,
    message_id: str | None = None,
    max_attempts: int = OWN_TRIES,
) -> Message:
    """
    Create a message and return its row; it is posted once the caller has committed.

    *requested_by* is notified if it cannot be delivered.
    """
    message = _new_message(
        place,
        content,
        now,
        correlation_id=correlation_id,
        requested_by=requested_by,
        max_attempts=max_attempts,
        is_final=final,
        rank=Rank.FINAL if final else rank,
        post_rank=rank,
        edit_rank=Rank.FINAL if final else Rank.NORMAL,
        **({"id": message_id} if message_id else {}),
    )
    return add(session, message, now)


def reply(
    session: Session,
    parent: Message,
    content: Content,
    *,
    now: datetime,
    rank: Rank = Rank.NORMAL,
    message_id: str | None = None,
    due_at: datetime | None = None,
) -> Message:
    """
    Create a reply in the thread of *parent*, or beside it; it waits until that is posted.

    *rank* is that of its content: the error of a failed task must not wait behind a bulk.
    *due_at* is when it may be posted where the parent stands already.
    """
    # Held, or the lane could post the parent, and free its replies, while this one is unseen.
    parent = lock(session, parent.id)
    message = _new_message(
        Place(parent.workspace_id, parent.tenant, parent.channel, parent.thread_ts),
        content,
        now,
        parent_id=parent.id,
        seen_by=parent.seen_by,
        correlation_id=parent.correlation_id,
        request_id=parent.request_id,
        requested_by=parent.requested_by,
        max_attempts=parent.max_attempts,
        rank=rank,
        post_rank=rank,
        state=_state_of_reply(parent, due_at or now, now),
        due_at=due_at or now,
        **({"id": message_id} if message_id else {}),
    )
    return add(session, message, now)


def _state_of_reply(parent: Message, due_at: datetime, now: datetime) -> MessageState:
    if not parent.is_told:
        return MessageState.BLOCKED
    return MessageState.DELAYED if due_at > now else MessageState.WAITING


def change_unsent(message: Message, context: dict[str, Any]) -> bool:
    """
    Change what a message will show that nobody has tried to deliver yet; False: somebody has.

    It is the same revision and costs Slack nothing. The caller holds the row.
    """
    untouched = message.tries == 0 and message.claimed_revision is None and not message.answer_lost
    waits = message.state in (MessageState.WAITING, MessageState.DELAYED, MessageState.BLOCKED)
    if not (untouched and waits) or message.is_told:
        return False
    message.context = context
    return True


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
    """Adopt a message that is already in Slack; its content is edited to ours."""
    message = _new_message(
        place,
        content,
        now,
        correlation_id=correlation_id,
        is_final=final,
        rank=Rank.FINAL if final else Rank.NORMAL,
        edit_rank=Rank.FINAL if final else Rank.NORMAL,
        ts=ts,
        is_posted=True,
    )
    return add(session, message, now)


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
    Request a newer revision of a message; a queued older one will be skipped.

    A message whose newest revision is final does not change, unless *reopen* says that a new
    attempt starts. A progress edit waits until the last edit is three seconds old. It is not
    delivered if the channel refused this message within the last minute, or if Slack no longer
    allows edits; where nothing can be edited it is left out. Any other change of a message that can
    no longer be edited is posted as a new message.
    """
    message = find(session, message_id)
    if message is None:
        return EditOutcome.GONE
    if (message.is_final and not reopen) or message.state == MessageState.WITHDRAWN:
        return EditOutcome.LOCKED
    if rank == Rank.PROGRESS and not final and message.would_repeat:
        return EditOutcome.LEFT_OUT
    before = projection.snapshot(message)
    is_progress = rank == Rank.PROGRESS and not final
    stays_as_is = is_progress and (was_refused(message, now) or message.is_uneditable)
    if message.delivered_revision == message.revision or message.state == MessageState.DEAD:
        message.waiting_since = now
    message.revision += 1
    message.context = context
    message.is_final = final
    message.edit_rank = Rank.FINAL if final else rank
    if message.is_uneditable and not is_progress and message.state != MessageState.SENDING:
        leave_place(message)
    message.rank = rank_of(message)
    if not stays_as_is:
        message.tries = 0
        message.text_only = False
        message.refusals = None
        message.dead_at = None
        schedule(message, now)
    session.add(event(message, EventName.QUEUED, now, before, rank=int(message.rank)))
    return EditOutcome.QUEUED


def withdraw(session: Session, message_id: str, *, now: datetime, by: str | None = None) -> bool:
    """Take a message back; False when it is in Slack already, or may be."""
    message = lock(session, message_id)
    if message.is_told or message.answer_lost or message.possibly_delivered:
        return False
    if message.state == MessageState.SENDING:
        return False
    if message.state != MessageState.WITHDRAWN:
        before = projection.snapshot(message)
        message.state = MessageState.WITHDRAWN
        message.dead_at = None
        session.add(event(message, EventName.WITHDRAWN, now, before, **({"by": by} if by else {})))
        add_to_totals(session, [(message.tenant, message.queue)], sign=-1)
        replies = select(Message.id).where(Message.parent_id == message_id)
        for reply_id in session.exec(replies).all():
            withdraw(session, reply_id, now=now, by=by)
    return True


def find(session: Session, message_id: str) -> Message | None:
    """Return the row, held against other writers until the transaction ends, or None."""
    query = select(Message).where(Message.id == message_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one_or_none()


def lock(session: Session, message_id: str) -> Message:
    """Return the row of a message that is known to be there, held like `find` does."""
    message = find(session, message_id)
    if message is None:
        raise LookupError(message_id)
    return message


def was_refused(message: Message, now: datetime) -> bool:
    """Tell whether the channel has just refused this message."""
    if message.dead_at is None or message.error not in CHANNEL_ERRORS:
        return False
    return now < message.dead_at + _REFUSED_INTERVAL


def first_rank(post_rank: Rank, edit_rank: Rank) -> Rank:
    """Return the rank of a message that is still to be posted, whatever its edits will be."""
    return min(edit_rank, post_rank)


def leave_place(message: Message) -> None:
    """Let the message be posted anew; its old place in Slack is given up."""
    message.former_ts = message.former_ts or message.ts
    message.ts = None
    message.is_posted = False
    message.delivered_revision = 0
    message.generation += 1


def rank_of(message: Message) -> Rank:
    """Return the message's rank in its lane, in its present state."""
    if message.is_posted:
        return message.edit_rank
    return first_rank(message.post_rank, message.edit_rank)


def schedule(message: Message, now: datetime) -> None:
    """Decide when the lane may take the newest revision."""
    if message.state in (MessageState.SENDING, MessageState.BLOCKED, MessageState.SUSPENDED):
        return  # The lane's record, the parent's, or the channel's return decides what comes next.
    due_at = now
    if message.rank == Rank.PROGRESS and message.sent_at is not None:
        due_at = max(now, message.sent_at + EDIT_INTERVAL)
    if message.answer_lost or message.error == ANSWER_LOST:  # It may be on its way inside Slack.
        due_at = max(due_at, min(message.due_at, now + LOOKUP_DELAY))
    message.due_at = due_at
    message.state = MessageState.DELAYED if message.due_at > now else MessageState.WAITING


def _new_message(place: Place, content: Content, now: datetime, **fields: Any) -> Message:
    """Return a row that waits from now on; *fields* are the columns that are not usual."""
    usual = {"waiting_since": now, "due_at": now, "created_at": now, "max_attempts": OWN_TRIES}
    return Message(
        workspace_id=place.workspace_id,
        tenant=place.tenant,
        channel=place.channel,
        thread_ts=place.thread_ts,
        template=content.template,
        context=content.context,
        **{**usual, **fields},
    )


def add(session: Session, message: Message, now: datetime) -> Message:
    session.add(message)
    add_to_totals(session, [(message.tenant, message.queue)])
    session.add(Event(**projection.first_event(projection.snapshot(message), now)))
    return message


def event(
    message: Message, name: EventName, now: datetime, before: projection.Row, **detail: Any
) -> Event:
    """Return the event that says *name* happened to a message that was *before*; add it."""
    return Event(
        message_id=message.id,
        name=name,
        at=now,
        revision=message.revision,
        attempt=message.tries,
        detail=detail,
        change=projection.changed(before, projection.snapshot(message)),
    )

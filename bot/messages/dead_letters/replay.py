"""Replays dead letters, and resumes messages that wait for a suspended channel."""

from datetime import datetime

from sqlmodel import Session, col, delete

from bot.errors import ConflictError
from bot.messages import channel_suspension, outbox
from bot.messages.error_codes import BY_CODE, Verdict
from bot.messages.history import projection
from bot.messages.models import DeadLetter, EventName, Message, MessageState
from bot.messages.templates.store import newest


def replay(session: Session, message: Message, *, by: str, now: datetime) -> None:
    """
    Replay a dead letter with the newest version of its template, and resume its channel.

    A message that waits for its suspended channel resumes together with all others that wait for
    it. Raises `ConflictError` for any other message.
    """
    if message.state == MessageState.SUSPENDED:
        if not channel_suspension.resume_channel(
            session, message.workspace_id, message.channel, now
        ):
            raise ConflictError("Its channel is on again: it is being delivered already.")
        return
    stored = newest(session, message.tenant, message.template) if message.template_id else None
    template_id = stored.id if stored else None
    if not revive(session, message.id, by=by, now=now, template_id=template_id):
        raise ConflictError(_already(message))
    channel_suspension.resume_channel(session, message.workspace_id, message.channel, now)


def revive(
    session: Session, message_id: str, *, by: str, now: datetime, template_id: str | None = None
) -> bool:
    """
    Put a dead letter back into the queue; False if the message is no dead letter.

    *template_id* is the version to render it with, because the old one may have been the cause.
    """
    message = outbox.lock(session, message_id)
    if message.state != MessageState.DEAD:
        return False
    before = projection.snapshot(message)
    message.tries = 0
    message.text_only = False
    message.refusals = None
    if message.ts and BY_CODE.get(message.error or "") is Verdict.REPLACE:
        message.uneditable_ts = message.ts
        outbox.leave_place(message)
        message.rank = outbox.rank_of(message)
    message.error = None
    message.dead_at = None
    message.template_id = template_id or message.template_id
    message.waiting_since = now
    message.state = MessageState.WAITING
    outbox.schedule(message, now)
    session.exec(delete(DeadLetter).where(col(DeadLetter.message_id) == message_id))
    session.add(outbox.event(message, EventName.REPLAYED, now, before, by=by))
    return True


def _already(message: Message) -> str:
    """Say why there is nothing to replay."""
    if message.state == MessageState.IDLE:
        return "It was delivered: there is nothing to replay."
    if message.state == MessageState.WITHDRAWN:
        return "It was taken back: send it again."
    if message.scheduled_at is not None and message.state == MessageState.DELAYED:
        return "It waits for its time: there is nothing to replay."
    return "It is being delivered already."

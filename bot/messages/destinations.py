"""Channels that refuse everything are switched off, and on again by one click."""

from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.errors import ConflictError
from bot.messages import deaths, outbox
from bot.messages.models import DeadLetter, Destination, Message, MessageState
from bot.messages.policy import DESTINATION_ERRORS, DESTINATION_FAILURES
from bot.messages.stored_templates import newest


def why_off(session: Session, workspace_id: str, channel: str) -> str | None:
    """Return the error for which a channel is switched off; None if it is on."""
    destination = session.get(Destination, (workspace_id, channel))
    return destination.error if destination and destination.off_at else None


def judge(session: Session, workspace_id: str, channel: str, now: datetime) -> bool:
    """Switch a channel off if its last deliveries were all refused for good; return if it is."""
    known = session.get(Destination, (workspace_id, channel), with_for_update=True)
    if known and known.off_at:
        return True
    since = max(
        last_success(session, workspace_id, channel),
        (known and known.counted_from) or datetime.min.replace(tzinfo=UTC),
    )
    letters = session.exec(
        select(DeadLetter.error)
        .where(
            DeadLetter.workspace_id == workspace_id,
            DeadLetter.channel == channel,
            DeadLetter.died_at > since,
        )
        .order_by(col(DeadLetter.died_at).desc())
        .limit(DESTINATION_FAILURES)
    ).all()
    if len(letters) < DESTINATION_FAILURES or not DESTINATION_ERRORS.issuperset(letters):
        return False
    destination = known or Destination(workspace_id=workspace_id, channel=channel, error="")
    destination.error = letters[0]
    destination.off_at = now
    session.add(destination)
    return True


def last_success(session: Session, workspace_id: str, channel: str) -> datetime:
    """
    Return when the newest message that stands in a channel was posted, by Slack's clock.

    By ours, where nobody says what stands there.
    """
    query = select(func.max(Message.ts), func.max(Message.sent_at)).where(
        Message.workspace_id == workspace_id, Message.channel == channel
    )
    ts, sent_at = session.exec(query).one()
    if ts:
        return datetime.fromtimestamp(float(ts), UTC)
    return sent_at or datetime.min.replace(tzinfo=UTC)


def switch_on(session: Session, workspace_id: str, channel: str, now: datetime) -> bool:
    """Deliver to a channel again, what was put aside first; False if it was on."""
    destination = session.get(Destination, (workspace_id, channel), with_for_update=True)
    if destination is None or destination.off_at is None:
        return False
    destination.off_at = None
    destination.counted_from = now
    session.flush()
    deaths.unpark(session, workspace_id, channel, now)
    return True


def replay(session: Session, message: Message, *, by: str, now: datetime) -> None:
    """
    Try a dead letter again, with the newest version of its template and its channel switched on.

    What was put aside with its channel goes on with all else that waits for it. Raises
    `ConflictError` for what is neither.
    """
    if message.state == MessageState.PARKED:
        if not switch_on(session, message.workspace_id, message.channel, now):
            raise ConflictError("Its channel is on again: it is being delivered already.")
        return
    stored = newest(session, message.tenant, message.template) if message.template_id else None
    template_id = stored.id if stored else None
    if not outbox.replay(session, message.id, by=by, now=now, template_id=template_id):
        raise ConflictError(already(message))
    switch_on(session, message.workspace_id, message.channel, now)


def already(message: Message) -> str:
    """Say why there is nothing to replay."""
    if message.state == MessageState.IDLE:
        return "It was delivered: there is nothing to replay."
    if message.state == MessageState.WITHDRAWN:
        return "It was taken back: send it anew."
    if message.scheduled_at is not None and message.state == MessageState.DELAYED:
        return "It waits for its time: there is nothing to replay."
    return "It is being delivered already."

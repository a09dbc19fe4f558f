"""Channels that refuse everything are switched off, and on again by one click."""

from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.messages.delivery import dead_letter_rows
from bot.messages.error_codes import DESTINATION_ERRORS
from bot.messages.models import DeadLetter, Destination, Message
from bot.messages.policy import DESTINATION_FAILURES


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
    dead_letter_rows.unpark(session, workspace_id, channel, now)
    return True

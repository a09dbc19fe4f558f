"""Suspends channels that refuse every message, and resumes them."""

from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.messages.delivery import given_up_rows
from bot.messages.error_codes import CHANNEL_ERRORS
from bot.messages.models import DeadLetter, Message, SuspendedChannel
from bot.messages.policy import FAILURES_BEFORE_SUSPENSION


def suspension_error(session: Session, workspace_id: str, channel: str) -> str | None:
    """Return the error that suspended a channel; None if it is not suspended."""
    suspended = session.get(SuspendedChannel, (workspace_id, channel))
    return suspended.error if suspended and suspended.suspended_at else None


def suspend_if_failing(session: Session, workspace_id: str, channel: str, now: datetime) -> bool:
    """Switch a channel off if its last deliveries were all refused for good; return if it is."""
    known = session.get(SuspendedChannel, (workspace_id, channel), with_for_update=True)
    if known and known.suspended_at:
        return True
    since = max(
        _last_success(session, workspace_id, channel),
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
        .limit(FAILURES_BEFORE_SUSPENSION)
    ).all()
    if len(letters) < FAILURES_BEFORE_SUSPENSION or not CHANNEL_ERRORS.issuperset(letters):
        return False
    suspended = known or SuspendedChannel(workspace_id=workspace_id, channel=channel, error="")
    suspended.error = letters[0]
    suspended.suspended_at = now
    session.add(suspended)
    return True


def _last_success(session: Session, workspace_id: str, channel: str) -> datetime:
    """
    Return when a message was last posted to a channel, by Slack's clock.

    For messages without a timestamp, by our own clock.
    """
    query = select(func.max(Message.ts), func.max(Message.sent_at)).where(
        Message.workspace_id == workspace_id, Message.channel == channel
    )
    ts, sent_at = session.exec(query).one()
    if ts:
        return datetime.fromtimestamp(float(ts), UTC)
    return sent_at or datetime.min.replace(tzinfo=UTC)


def resume_channel(session: Session, workspace_id: str, channel: str, now: datetime) -> bool:
    """Resume a channel, waiting messages first; False if it was not suspended."""
    suspended = session.get(SuspendedChannel, (workspace_id, channel), with_for_update=True)
    if suspended is None or suspended.suspended_at is None:
        return False
    suspended.suspended_at = None
    suspended.counted_from = now
    session.flush()
    given_up_rows.resume(session, workspace_id, channel, now)
    return True

"""Who is told when a report needs somebody, and of what; in the caller's transaction."""

from datetime import datetime

from sqlmodel import Session

from bot.ids import is_slack_user_id
from bot.messages import outbox
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content, Place
from bot.messages.policy import OWN_TRIES
from bot.reports.display.notices import (
    FAILED_TEMPLATE,
    NOTICE_TEMPLATE,
    Notice,
    failure_context,
    notice_context,
)
from bot.reports.models import Notification, Report, ReportRun
from bot.reports.notification_places import place_of_owner, place_without_owner

#: Somebody who cannot be reached is no alarm.
_PERSON_TRIES = 2


def tell_failed(session: Session, report: Report, run: ReportRun, now: datetime) -> bool:
    """Tell of the first failed run of a streak; False if there is nowhere to tell it."""
    context = failure_context(report, run, at=run.due_at)
    return _put_to_owner(session, place_of_owner(report), Content(FAILED_TEMPLATE, context), now)


def tell_asker_failed(session: Session, report: Report, run: ReportRun, now: datetime) -> bool:
    """Tell who asked for a run that it failed; False if that is nobody in Slack."""
    if not is_slack_user_id(run.requested_by or ""):
        return False
    place = Place(report.workspace_id, report.tenant, run.requested_by or "")
    context = failure_context(report, run, at=run.due_at)
    return _put_to_owner(session, place, Content(FAILED_TEMPLATE, context), now)


def tell_disabled(session: Session, report: Report, run: ReportRun, now: datetime) -> bool:
    """Tell that it was disabled; False if there is nowhere to tell it."""
    reason = (
        f"It failed {report.failures} times in a row and was paused. "
        f"The last time: {run.error_message} Fix it, then resume it."
    )
    context = notice_context(report, Notice.DISABLED, reason, run=run)
    return _put_to_owner(session, place_of_owner(report), Content(NOTICE_TEMPLATE, context), now)


def tell_unhealthy(
    session: Session, report: Report, notice: Notice, reason: str, now: datetime
) -> bool:
    """Tell the owner what the health check found."""
    content = Content(NOTICE_TEMPLATE, notice_context(report, notice, reason))
    return _put_to_owner(session, place_of_owner(report), content, now)


def tell_orphaned(
    session: Session, report: Report, reason: str, fallback: str | None, now: datetime
) -> bool:
    """
    Tell whoever reads the report that its owner is gone; where nobody does, the channel *fallback*.

    A report that went to the owner alone is paused: nobody would read it.
    """
    if report.notification == Notification.DM and report.slack_user == report.owner:
        report.is_enabled, report.due_at = False, None
        report.changed_at, report.revision = now, report.revision + 1
        reason = f"{reason.rstrip('.')}. It went to them alone, so it is paused."
    place = place_without_owner(report)
    if place is None and fallback is not None:
        place = Place(report.workspace_id, report.tenant, fallback)
    content = Content(NOTICE_TEMPLATE, notice_context(report, Notice.OWNER_GONE, reason))
    return _put_to_owner(session, place, content, now)


def _put_to_owner(session: Session, place: Place | None, content: Content, now: datetime) -> bool:
    if place is None:
        return False
    tries = _PERSON_TRIES if is_slack_user_id(place.channel) else OWN_TRIES
    message: Message = outbox.put(
        session, place, content, now=now, rank=Rank.ALERT, max_attempts=tries
    )
    return bool(message.id)

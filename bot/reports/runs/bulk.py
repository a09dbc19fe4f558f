"""Several runs that were asked for at once: one message shows how far they are."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.ids import is_slack_user_id
from bot.messages import outbox
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content, Place
from bot.reports.display.notices import BULK_TEMPLATE, bulk_context
from bot.reports.models import Report, ReportRun, RunStatus
from bot.reports.notification_places import message_id_of, place_of

_OPEN = (RunStatus.PENDING, RunStatus.RUNNING)


def runs_of_bulk(session: Session, bulk_id: str) -> list[ReportRun]:
    """Return the runs of a bulk, in the order in which they were asked for."""
    query = select(ReportRun).where(ReportRun.bulk_id == bulk_id).order_by(col(ReportRun.due_at))
    return list(session.exec(query.execution_options(populate_existing=True)).all())


def waiting_bulks(session: Session, report_id: str) -> list[str]:
    """Return the bulks that wait for a run of a report."""
    query = select(ReportRun.bulk_id).where(
        ReportRun.report_id == report_id,
        col(ReportRun.bulk_id).is_not(None),
        col(ReportRun.status).in_(_OPEN),
    )
    return [bulk_id for bulk_id in session.exec(query.distinct()).all() if bulk_id]


def open_progress(
    session: Session, bulk_id: str, reports: list[Report], by: str, now: datetime
) -> str | None:
    """Put the message of a bulk where its requester sees it; return the lane to wake."""
    place = _place_of_bulk(reports, by)
    if place is None:
        return None
    context = _bulk_context(session, bulk_id, by)
    outbox.put(
        session,
        place,
        Content(BULK_TEMPLATE, context),
        now=now,
        requested_by=by,
        message_id=message_id_of(bulk_id),
    )
    return place.workspace_id


def show_progress(session: Session, bulk_id: str | None, now: datetime) -> str | None:
    """Bring the message of a bulk, if there is one, up to date; return the lane to wake."""
    if bulk_id is None:
        return None
    session.flush()
    message_id = message_id_of(bulk_id)
    # Held first: of two runs that end together the second one sees both ends.
    message: Message | None = outbox.find(session, message_id)
    if message is None:
        return None
    is_over = not any(one.status in _OPEN for one in runs_of_bulk(session, bulk_id))
    outbox.edit(
        session,
        message_id,
        _bulk_context(session, bulk_id, message.requested_by),
        now=now,
        rank=Rank.NORMAL if is_over else Rank.PROGRESS,
        final=is_over,
    )
    return message.workspace_id


def _place_of_bulk(reports: list[Report], by: str) -> Place | None:
    """A person gets it as a direct message; for a program it goes where the reports go."""
    if is_slack_user_id(by) and reports:
        return Place(reports[0].workspace_id, reports[0].tenant, by)
    return next((place for one in reports if (place := place_of(one))), None)


def _bulk_context(session: Session, bulk_id: str, by: str | None) -> dict[str, object]:
    runs = runs_of_bulk(session, bulk_id)
    query = select(Report).where(col(Report.id).in_([run.report_id for run in runs]))
    names = {report.id: report.name for report in session.exec(query).all()}
    told = [(names.get(run.report_id, "deleted"), run) for run in runs]
    return bulk_context(told, requested_by=by)

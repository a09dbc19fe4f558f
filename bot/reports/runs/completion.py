"""
How a run ends: one transaction with its message, so that neither is without the other.

Only who holds a run can end it; each function returns the lane to wake, or None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session, col, select

from bot.errors import OpsbellError
from bot.messages import outbox
from bot.messages.models import Message, Rank
from bot.messages.outbox import Place
from bot.reports.analysts.base import Usage
from bot.reports.models import Report, ReportResult, ReportRun, RunStatus, Trigger
from bot.reports.notification_places import message_id_of, place_of
from bot.reports.owner_notices import tell_asker_failed, tell_disabled, tell_failed
from bot.reports.runs.bulk import show_progress
from bot.reports.runs.presentation import ShownRun
from bot.reports.runs.run_leases import RunClaim, hold_to_end

logger = structlog.get_logger(__name__)

#: A report that fails so often in a row is disabled.
MAX_FAILURES = 5


class RunFailure(OpsbellError):  # noqa: N818 - the end of a run, not a mistake in the program
    """A run cannot come to its end; the message says why and what to do, and is safe to show."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Findings:
    """What a run found and said, as it is stored."""

    rows: Mapping[str, Any]  # `ResultTable.as_json`
    narrative: Mapping[str, Any]
    figures: Sequence[Mapping[str, Any]]
    total: int
    traced: int
    usage: Usage
    shown: ShownRun  # its message, for a report that is not only kept
    expected: Mapping[str, Any] = field(default_factory=dict)  # how complete the data was
    look_again_at: datetime | None = None  # while the data is not whole


def complete_run(session: Session, claim: RunClaim, found: Findings, now: datetime) -> str | None:
    """Store what was found and post it; with data that is whole now, edit what was posted."""
    run = hold_to_end(session, claim)
    report = _held_report(session, claim.report_id) if run is not None else None
    if run is None or report is None:
        return None
    if not claim.is_again:
        run.completed_at = now
        _end(run, RunStatus.COMPLETED)
    run.lease_until, run.lease_owner = found.look_again_at, None
    run.figures_total, run.figures_traced = found.total, found.traced
    _add_usage(run, found.usage)
    known = session.get(ReportResult, run.id)
    is_new = known is None or known.table["rows"] != found.rows["rows"]
    session.merge(_stored_result(run.id, found))
    report.failures, report.last_run_at = 0, now
    place = place_of(report)
    if place is not None:
        _show(session, run, report, place, found.shown, now, has_new_rows=is_new)
    show_progress(session, run.bulk_id, now)
    return report.workspace_id


def skip_run(session: Session, claim: RunClaim, reason: str, now: datetime) -> str | None:
    """Record that its condition does not hold."""
    run = hold_to_end(session, claim)
    if run is None:
        return None
    run.completed_at, run.skipped_because = now, reason
    _end(run, RunStatus.SKIPPED)
    report = _held_report(session, claim.report_id)
    if report is not None:
        report.failures, report.last_run_at = 0, now
    return show_progress(session, run.bulk_id, now)


def fail_run(session: Session, claim: RunClaim, failure: RunFailure, now: datetime) -> str | None:
    """
    Record why it failed, and tell the owner, once for as long as the report goes on failing.

    Whoever asked for the run is told of each: they wait for it. Five failures in a row disable the
    report, which is told as well.
    """
    run = hold_to_end(session, claim)
    if run is None:
        return None
    if claim.is_again:  # What was posted remains true of its time.
        run.lease_until, run.lease_owner = None, None
        return None
    run.completed_at = now
    run.error_code, run.error_message = failure.code, str(failure)
    _end(run, RunStatus.FAILED)
    logger.info("report_run_failed", report=claim.report_id, run=run.id, code=failure.code)
    report = _held_report(session, claim.report_id)
    if report is not None:
        _count_failure(session, report, run, now)
    woken = show_progress(session, run.bulk_id, now)
    return report.workspace_id if report is not None else woken


def _count_failure(session: Session, report: Report, run: ReportRun, now: datetime) -> None:
    report.failures += 1
    report.last_run_at = now
    if report.failures >= MAX_FAILURES and report.is_enabled:
        report.is_enabled, report.due_at = False, None
        report.changed_at, report.revision = now, report.revision + 1
        run.is_told = tell_disabled(session, report, run, now)
    elif report.failures == 1:
        run.is_told = tell_failed(session, report, run, now)
    if run.trigger == Trigger.MANUAL and not (run.is_told and run.requested_by == report.owner):
        tell_asker_failed(session, report, run, now)


def _add_usage(run: ReportRun, usage: Usage) -> None:
    run.model = usage.model
    run.input_tokens += usage.input_tokens
    run.output_tokens += usage.output_tokens
    if usage.cost is not None:
        run.add_cost(usage.cost)


def _end(run: ReportRun, status: RunStatus) -> None:
    run.status = status
    run.lease_until, run.lease_owner = None, None


def _held_report(session: Session, report_id: str) -> Report | None:
    query = select(Report).where(Report.id == report_id)
    return session.exec(query.with_for_update()).one_or_none()


def _stored_result(run_id: str, found: Findings) -> ReportResult:
    return ReportResult(
        run_id=run_id,
        table=dict(found.rows),
        narrative=dict(found.narrative),
        figures=[dict(one) for one in found.figures],
        expected=dict(found.expected),
    )


def _show(
    session: Session,
    run: ReportRun,
    report: Report,
    place: Place,
    shown: ShownRun,
    now: datetime,
    *,
    has_new_rows: bool,
) -> None:
    message_id = message_id_of(run.id)
    message = session.get(Message, message_id)
    if message is not None:
        outbox.edit(session, message_id, shown.content.context, now=now)
    else:
        message = outbox.put(
            session,
            place,
            shown.content,
            now=now,
            rank=Rank.NORMAL,
            requested_by=run.requested_by or report.owner,
            message_id=message_id,
        )
        run.message_id = message.id
    session.flush()
    for content in shown.files if has_new_rows else ():
        outbox.reply(session, message, content, now=now)


def previous_result(
    session: Session, report_id: str, due_at: datetime, run_id: str
) -> ReportResult | None:
    """Return the result of the last run that completed before this one."""
    query = (
        select(ReportResult)
        .join(ReportRun, col(ReportRun.id) == col(ReportResult.run_id))
        .where(
            ReportRun.report_id == report_id,
            ReportRun.status == RunStatus.COMPLETED,
            ReportRun.due_at < due_at,
            ReportRun.id != run_id,
        )
        .order_by(col(ReportRun.due_at).desc(), col(ReportRun.id).desc())
        .limit(1)
    )
    return session.exec(query).first()

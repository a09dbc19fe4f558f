"""Runs that somebody asked for, made in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.errors import FieldProblem, InvalidError
from bot.ids import new_id
from bot.reports.models import Report, ReportRun, RunStatus, Trigger
from bot.reports.queries import visible_to
from bot.reports.service_types import Actor

MAX_BULK_REPORTS = 100


def request_run(
    session: Session, actor: Actor, report: Report, run_id: str | None, now: datetime
) -> ReportRun:
    """Return a pending run; the actor's own if one is pending already, or has this id."""
    query = select(ReportRun).where(
        ReportRun.report_id == report.id,
        ReportRun.status == RunStatus.PENDING,
        ReportRun.trigger == Trigger.MANUAL,
        ReportRun.requested_by == actor.id,
    )
    again = session.get(ReportRun, run_id) if run_id else None
    found = again or session.exec(query.limit(1)).first()
    if found is not None:
        return found
    run = _new_run(actor, report, now, Trigger.MANUAL, run_id)
    session.add(run)
    return run


def request_bulk(
    session: Session, actor: Actor, reports: Sequence[Report], bulk_id: str, now: datetime
) -> list[ReportRun]:
    """Return a pending run of each report."""
    # Apart, so that they are worked on and shown in their order.
    runs = [
        _new_run(actor, report, now, Trigger.BULK, None, bulk_id, order)
        for order, report in enumerate(reports)
    ]
    session.add_all(runs)
    session.flush()
    return runs


def _new_run(
    actor: Actor,
    report: Report,
    now: datetime,
    trigger: Trigger,
    run_id: str | None,
    bulk_id: str | None = None,
    order: int = 0,
) -> ReportRun:
    return ReportRun(
        id=run_id or new_id("x"),
        report_id=report.id,
        tenant=report.tenant,
        trigger=trigger,
        requested_by=actor.id,
        bulk_id=bulk_id,
        due_at=now + timedelta(microseconds=order),
        created_at=now,
        lease_until=now,
    )


def wanted_reports(report_ids: Sequence[str]) -> list[str]:
    """Return each id once; raise `InvalidError` for none or too many."""
    wanted = list(dict.fromkeys(report_ids))
    if not 0 < len(wanted) <= MAX_BULK_REPORTS:
        problem = FieldProblem("report_ids", f"name 1 to {MAX_BULK_REPORTS} reports")
        raise InvalidError(f"`report_ids`: {problem.message}.", [problem])
    return wanted


def all_of(session: Session, actor: Actor, wanted: Sequence[str]) -> list[Report]:
    """Return the reports in the order of their ids; raise `InvalidError` for unknown ones."""
    query = select(Report).where(col(Report.id).in_(wanted), *visible_to(actor))
    found = {report.id: report for report in session.exec(query).all()}
    problems = [
        FieldProblem(f"report_ids[{number}]", "there is no such report")
        for number, one in enumerate(wanted)
        if one not in found
    ]
    if problems:
        raise InvalidError(f"`{problems[0].field}`: there is no such report.", problems)
    return [found[one] for one in wanted]

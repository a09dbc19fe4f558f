"""
Which reports are due: read from their rows and taken by compare-and-swap.

A due time becomes a run: one row, however many processes look. What was missed while nothing was
up is caught up once, or recorded. A report that takes longer than its period does not pile up: a
due time that comes while the run before is not over is recorded as skipped.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session, col, select, update

from bot.clock import Clock
from bot.db import Database, insert_absent
from bot.reports.drafting.schedule_fields import schedule_of
from bot.reports.models import Report, ReportRun, RunStatus, Trigger
from bot.scheduling.schedules import Schedule, next_occurrence, occurrences_between, period

logger = structlog.get_logger(__name__)

#: A run that begins so late was not just waiting for a tick: the bot was down.
_AFTER_DOWNTIME = timedelta(minutes=2)
_CAUGHT_UP_FOR = timedelta(hours=24)
#: Missed due times of a report that get a row each; the oldest row tells of all before it.
_MAX_MISSED = 20
#: Reports taken in one transaction: on SQLite nobody else writes meanwhile.
_DUE_BATCH = 25
#: A due time of a schedule that cannot be read any more is looked at again after so long.
_UNREADABLE_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class DuePlan:
    """What becomes of a report whose due time has come."""

    next_at: datetime
    run_at: datetime | None  # the due time that is run, the latest there was
    trigger: Trigger = Trigger.SCHEDULE
    missed: tuple[datetime, ...] = ()  # due times that are recorded, the oldest first
    missed_since: datetime | None = None  # earlier ones were missed too, from this one on


@dataclass(frozen=True)
class _DueRow:
    """A report as it was when it was found to be due."""

    id: str
    tenant: str
    revision: int
    due_at: datetime
    schedule: Mapping[str, Any]


def plan_due(schedule: Schedule, due_at: datetime, now: datetime) -> DuePlan:
    """
    Decide on a due time that has come. Pure.

    The latest due time is run, as long as it is at most 24 hours old; by definition it is younger
    than its period. All others are missed.
    """
    latest, missed, is_cut = due_at, list[datetime](), False
    next_at = next_occurrence(schedule, due_at)
    if next_at <= now:
        next_at = next_occurrence(schedule, now)
        latest, missed, is_cut = _passed(schedule, due_at, now, next_at)
    run_at: datetime | None = latest
    trigger = Trigger.SCHEDULE if now - latest <= _AFTER_DOWNTIME else Trigger.CATCH_UP
    if now - latest > _CAUGHT_UP_FOR:
        missed, run_at = [*missed, latest][-_MAX_MISSED:], None
    return DuePlan(next_at, run_at, trigger, tuple(missed), due_at if is_cut else None)


def _passed(
    schedule: Schedule, due_at: datetime, now: datetime, next_at: datetime
) -> tuple[datetime, list[datetime], bool]:
    """Return the latest due time, those before it, and whether that are not all."""
    length = period(schedule, next_at)
    # A year of minutes is not counted: the window holds at least as many as get a row.
    begin = max(due_at, now - (_MAX_MISSED + 2) * max(length, timedelta(minutes=1)))
    kept: deque[datetime] = deque(occurrences_between(schedule, begin, now), _MAX_MISSED + 1)
    if not kept:
        return due_at, [], False
    *missed, latest = kept
    is_cut = begin > due_at or len(kept) == _MAX_MISSED + 1
    return latest, (missed if is_cut else [due_at, *missed]), is_cut


def spread_of(report_id: str, seconds: float) -> timedelta:
    """Return how long after its due time a report starts: always the same, less than *seconds*."""
    digest = hashlib.sha256(report_id.encode()).digest()
    return timedelta(seconds=seconds * int.from_bytes(digest[:4], "big") / 2**32)


class DueReports:
    """Makes runs of the reports that are due."""

    def __init__(self, database: Database, clock: Clock, spread_seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._spread_seconds = spread_seconds
        self.looked_at: datetime | None = None  # the last time, for health

    async def take(self) -> int:
        """Make runs of all that is due now, and return how many due times that were."""
        taken = 0
        while True:
            now = self.looked_at = self._clock.now()
            due = await self._database.read(lambda session, now=now: due_rows(session, now))  # type: ignore[misc]
            if not due:
                return taken
            plans = await asyncio.to_thread(_plan_all, due, now)
            taken += await self._database.write(
                lambda session, plans=plans, now=now: self._take_all(session, plans, now)  # type: ignore[misc]
            )

    def _take_all(
        self, session: Session, plans: list[tuple[_DueRow, DuePlan]], now: datetime
    ) -> int:
        return sum(self._take_one(session, row, plan, now) for row, plan in plans)

    def _take_one(self, session: Session, row: _DueRow, plan: DuePlan, now: datetime) -> int:
        taken = update(Report).where(
            col(Report.id) == row.id,
            col(Report.due_at) == row.due_at,
            col(Report.revision) == row.revision,
        )
        if session.exec(taken.values(due_at=plan.next_at)).rowcount != 1:
            return 0
        open_since = _open_since(session, row.id)
        for run in self._runs_of(row, plan, now):
            if run.status == RunStatus.PENDING and open_since is not None:
                _skip_for(run, open_since, now)
            insert_absent(session, run)
        return 1

    def _runs_of(self, row: _DueRow, plan: DuePlan, now: datetime) -> list[ReportRun]:
        usual: dict[str, Any] = {
            "report_id": row.id,
            "tenant": row.tenant,
            "is_scheduled": True,
            "created_at": now,
        }
        runs = [
            ReportRun(
                **usual,
                trigger=Trigger.SCHEDULE,
                status=RunStatus.MISSED,
                due_at=due_at,
                completed_at=now,
                error_code="missed",
                error_message=_why_missed(plan.missed_since if number == 0 else None),
            )
            for number, due_at in enumerate(plan.missed)
        ]
        if plan.run_at is not None:
            begins = plan.run_at + spread_of(row.id, self._spread_seconds)
            runs.append(
                ReportRun(**usual, trigger=plan.trigger, due_at=plan.run_at, lease_until=begins)
            )
        return runs


def due_rows(session: Session, now: datetime, limit: int = _DUE_BATCH) -> list[_DueRow]:
    """Return the reports that have been due for longest."""
    columns = (Report.id, Report.tenant, Report.revision, Report.due_at, Report.schedule)
    query = select(*columns).where(col(Report.due_at) <= now).order_by(col(Report.due_at))  # type: ignore[call-overload]
    return [_DueRow(*row) for row in session.exec(query.limit(limit)).all()]


def _open_since(session: Session, report_id: str) -> datetime | None:
    """Return the due time of the report's scheduled run that is not over, if there is one."""
    query = select(ReportRun.due_at).where(
        ReportRun.report_id == report_id,
        col(ReportRun.is_scheduled).is_not(None),
        col(ReportRun.status).in_((RunStatus.PENDING, RunStatus.RUNNING)),
        col(ReportRun.lease_until).is_not(None),
    )
    return session.exec(query.order_by(col(ReportRun.due_at)).limit(1)).first()


def _skip_for(run: ReportRun, open_since: datetime, now: datetime) -> None:
    run.status, run.completed_at, run.lease_until = RunStatus.SKIPPED, now, None
    run.skipped_because = f"the run of {open_since:%Y-%m-%d %H:%M} UTC was not over"


def _plan_all(due: list[_DueRow], now: datetime) -> list[tuple[_DueRow, DuePlan]]:
    return [(row, _plan_row(row, now)) for row in due]


def _plan_row(row: _DueRow, now: datetime) -> DuePlan:
    try:
        return plan_due(schedule_of(row.schedule), row.due_at, now)
    except (ValueError, KeyError) as error:  # A zone that the system no longer knows, say.
        logger.error("report_schedule_unreadable", report=row.id, reason=str(error))  # noqa: TRY400
        return DuePlan(now + _UNREADABLE_FOR, None, missed=(row.due_at,))


def _why_missed(since: datetime | None) -> str:
    why = "Opsbell was not running at that time"
    if since is None:
        return f"{why}."
    return f"{why}. Nor was it at the due times before, from {since:%Y-%m-%d %H:%M} UTC on."

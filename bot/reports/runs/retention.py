"""Deletes the history of reports that the settings no longer keep."""

from datetime import datetime, time, timedelta

from sqlmodel import Session, col, delete, select

from bot.clock import Clock
from bot.db import Database
from bot.reports.models import ReportResult, ReportRun
from bot.scheduling.schedules import Frequency, Schedule, last_occurrence

#: Runs deleted in one transaction: their rows may be large.
_RUNS_BATCH = 200
_DAILY = Schedule(Frequency.DAILY, "UTC", at=time(2))


class RunRetention:
    """Deletes ended runs with what they found, daily at 02:00 UTC."""

    def __init__(self, database: Database, clock: Clock, kept_days: int) -> None:
        self._database = database
        self._clock = clock
        self._kept_for = timedelta(days=kept_days)

    async def clean(self) -> int:
        """
        Delete what was too old at the last 02:00 UTC, and return how many runs that were.

        Called at any other time, or by several processes, it finds nothing that is left to do.
        """
        due_at = last_occurrence(_DAILY, self._clock.now())
        if due_at is None:
            return 0
        before, deleted = due_at - self._kept_for, 0
        while count := await self._database.write(lambda session: _delete_old(session, before)):
            deleted += count
        return deleted


def _delete_old(session: Session, before: datetime) -> int:
    old = select(ReportRun.id).where(
        ReportRun.created_at < before, col(ReportRun.lease_until).is_(None)
    )
    ids = session.exec(old.order_by(col(ReportRun.created_at)).limit(_RUNS_BATCH)).all()
    if not ids:
        return 0
    session.exec(delete(ReportResult).where(col(ReportResult.run_id).in_(ids)))
    session.exec(delete(ReportRun).where(col(ReportRun.id).in_(ids)))
    return len(ids)

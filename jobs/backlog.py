"""Counts what waits, and the ticks of all jobs, for Prometheus."""

from datetime import datetime, timedelta

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_SUBMITTED,
    JobEvent,
    JobSubmissionEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.telemetry.backlog import Backlog
from bot.telemetry.meters import Meters


async def measure_backlog(backlog: Backlog) -> None:
    """Count what waits in the database."""
    await backlog.measure()


def meter_jobs(scheduler: AsyncIOScheduler, meters: Meters, clock: Clock) -> None:
    """Count the runs and the missed ticks of every job that *scheduler* has."""

    def ended(event: JobEvent) -> None:
        meters.job_ended(event.job_id, clock.now(), failed=event.code == EVENT_JOB_ERROR)

    def ticked(event: JobSubmissionEvent) -> None:
        # Ticks that a process standing still has left out are not told of, only seen as a gap.
        at = event.scheduled_run_times[-1]
        missed = _ticks_between(ticked_at.get(event.job_id), at, intervals.get(event.job_id))
        ticked_at[event.job_id] = at
        is_left_out = event.code == EVENT_JOB_MAX_INSTANCES
        meters.ticks_missed(event.job_id, missed + is_left_out)

    ticked_at: dict[str, datetime] = {}
    intervals = {job.id: job.trigger.interval for job in scheduler.get_jobs()}
    for job_id in intervals:
        meters.job_added(job_id)
    scheduler.add_listener(ended, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    scheduler.add_listener(ticked, EVENT_JOB_SUBMITTED | EVENT_JOB_MAX_INSTANCES)


def _ticks_between(before: datetime | None, at: datetime, interval: timedelta | None) -> int:
    """Return how many ticks of a job lie between two that are known."""
    if before is None or not interval:
        return 0
    return max(round((at - before) / interval) - 1, 0)

"""
What happens by itself. This list is complete.

APScheduler only ticks; whether something is due is decided by a row of the database.
"""

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.tasks.intake import Intake
from jobs.liveness import mark_lost_tasks

#: A task that stopped reporting is said to be lost at most this long after its lease ran out.
LIVENESS_SECONDS = 5


def register(scheduler: AsyncIOScheduler, intake: Intake) -> None:
    """Put every job into the scheduler; a late tick runs once, never twice at a time."""
    scheduler.add_job(
        mark_lost_tasks,
        "interval",
        seconds=LIVENESS_SECONDS,
        args=[intake],
        id="liveness",
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )

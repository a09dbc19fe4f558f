"""
What happens by itself. This list is complete.

APScheduler only ticks; whether something is due is decided by a row of the database.
"""

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.db import Database
from bot.messages.delivery.lanes import Lanes
from bot.messages.service import Deliveries
from bot.tasks.intake import Intake
from jobs.dead_letters import tell_of_dead_letters
from jobs.idempotency import forget_old_keys
from jobs.lanes import sweep_lanes
from jobs.liveness import mark_lost_tasks
from jobs.retention import delete_old_logs, delete_old_messages, fold_message_totals

#: What nobody was told of is found after this long: work of a process that died, a lost wake-up.
SWEEP_SECONDS = 2
#: A task that stopped reporting is said to be lost at most this long after its lease ran out.
LIVENESS_SECONDS = 5
#: Deaths of so many seconds share a notice at once.
DEAD_LETTERS_SECONDS = 2
RETENTION_SECONDS = 3600
TOTALS_SECONDS = 60


def register(
    scheduler: AsyncIOScheduler,
    database: Database,
    lanes: Lanes,
    intake: Intake,
    deliveries: Deliveries,
    forget_keys: Callable[[], Awaitable[int]],
) -> None:
    """Put every job into the scheduler; a late tick runs once, never twice at a time."""
    for seconds, job, service in (
        (SWEEP_SECONDS, sweep_lanes, lanes),
        (LIVENESS_SECONDS, mark_lost_tasks, intake),
        (DEAD_LETTERS_SECONDS, tell_of_dead_letters, deliveries.dead_letters),
        (RETENTION_SECONDS, delete_old_messages, deliveries.retention),
        (RETENTION_SECONDS, delete_old_logs, intake),
        (RETENTION_SECONDS, forget_old_keys, forget_keys),
        (TOTALS_SECONDS, fold_message_totals, database),
    ):
        scheduler.add_job(
            job,
            "interval",
            seconds=seconds,
            args=[service],
            id=job.__name__,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

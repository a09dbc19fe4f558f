"""
Everything that runs on a schedule. This list is complete.

APScheduler only ticks; rows of the database decide whether something is due.
"""

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.alerts.wiring import AlertServices
from bot.boards.service import Boards
from bot.db import Database
from bot.leaderboards.service import Leaderboards
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.service import Deliveries
from bot.outages.service import Outages
from bot.reports.wiring import ReportRoom
from bot.subscriptions.digests import Digests
from bot.subscriptions.strangers import Strangers
from bot.tasks.intake import Intake
from bot.telemetry.backlog import Backlog
from jobs.alerts import (
    advance_reruns,
    delete_old_alerts,
    read_task_tables,
    watch_for_alerts,
)
from jobs.backlog import measure_backlog
from jobs.boards import refresh_boards
from jobs.dead_letters import tell_of_dead_letters
from jobs.idempotency import forget_old_keys
from jobs.lanes import sweep_lanes
from jobs.leaderboards import post_leaderboards
from jobs.lost_tasks import mark_lost_tasks
from jobs.outages import watch_for_outages
from jobs.reports import check_reports, delete_old_report_runs, run_due_reports
from jobs.retention import delete_old_logs_and_receipts, delete_old_messages, fold_message_totals
from jobs.runs import followed
from jobs.self_check import check_nightly
from jobs.subscriptions import (
    delete_old_end_notices,
    end_subscriptions_of_strangers,
    post_digests,
)

#: Interval of the sweep for work of dead processes and for lost wake-ups.
SWEEP_SECONDS = 2
#: A task that stopped reporting is said to be lost at most this long after its lease ran out.
_LIVENESS_SECONDS = 5
#: Dead letters of this many seconds share a notice.
_DEAD_LETTERS_SECONDS = 2
#: When a wave of tasks that are run again has completed, the next begins at most this long after.
_RERUN_SECONDS = 5
_RETENTION_SECONDS = 3600
_TOTALS_SECONDS = 60
#: Samples of so many seconds are one edit.
_LEADERBOARDS_SECONDS = 5
#: A board is edited at most this often, and only when what it shows has changed.
_BOARD_SECONDS = 5
_DIGEST_SECONDS = 5
#: How old the figures of `/metrics` about the database may be.
_BACKLOG_SECONDS = 10
#: How exactly the beginning of an outage is known.
_OUTAGE_SECONDS = 5
_REPORTS_SECONDS = 1
_REPORT_HEALTH_SECONDS = 15 * 60
_SELF_CHECK_SECONDS = 300


def register(
    scheduler: AsyncIOScheduler,
    database: Database,
    lanes: Lanes,
    intake: Intake,
    deliveries: Deliveries,
    forget_keys: Callable[[], Awaitable[int]],
    alerts: AlertServices,
    leaderboards: Leaderboards,
    boards: Boards,
    digests: Digests,
    backlog: Backlog,
    outages: Outages,
    reports: ReportRoom,
    check_if_due: Callable[[], Awaitable[bool]],
    strangers: Strangers | None = None,
) -> None:
    """
    Put every job into the scheduler; a late tick runs once, never twice at a time.

    Without a bot token there are no *strangers*: nobody is told directly.
    """
    of_people = [(_RETENTION_SECONDS, end_subscriptions_of_strangers, strangers)]
    for seconds, job, service in (
        (SWEEP_SECONDS, sweep_lanes, lanes),
        (_LIVENESS_SECONDS, mark_lost_tasks, intake),
        (alerts.every_seconds, watch_for_alerts, alerts.watch),
        (alerts.every_seconds, read_task_tables, alerts.watch),
        (_RETENTION_SECONDS, delete_old_alerts, alerts.watch),
        (_RERUN_SECONDS, advance_reruns, alerts.reruns),
        (_DEAD_LETTERS_SECONDS, tell_of_dead_letters, deliveries.dead_letters),
        (_RETENTION_SECONDS, delete_old_messages, deliveries.retention),
        (_RETENTION_SECONDS, delete_old_logs_and_receipts, intake),
        (_RETENTION_SECONDS, forget_old_keys, forget_keys),
        (_TOTALS_SECONDS, fold_message_totals, database),
        (_LEADERBOARDS_SECONDS, post_leaderboards, leaderboards),
        (_BOARD_SECONDS, refresh_boards, boards),
        (_DIGEST_SECONDS, post_digests, digests),
        (_RETENTION_SECONDS, delete_old_end_notices, digests),
        (_BACKLOG_SECONDS, measure_backlog, backlog),
        (_OUTAGE_SECONDS, watch_for_outages, outages),
        (_REPORTS_SECONDS, run_due_reports, reports),
        (_REPORT_HEALTH_SECONDS, check_reports, reports.health),
        (_RETENTION_SECONDS, delete_old_report_runs, reports.retention),
        (_SELF_CHECK_SECONDS, check_nightly, check_if_due),
        *(of_people if strangers else ()),
    ):
        scheduler.add_job(
            followed(job),
            "interval",
            seconds=seconds,
            args=[service],
            id=job.__name__,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

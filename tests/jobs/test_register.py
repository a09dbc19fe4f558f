"""What happens by itself: the list, and that a tick does its work."""

import asyncio
from datetime import UTC

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_sdk.web.async_client import AsyncWebClient

import jobs
from bot.alerts.wiring import open_alerts
from bot.boards.service import Boards
from bot.http.idempotency import Idempotency
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.rendering.renderer import Renderer
from bot.messages.service import open_deliveries
from bot.settings import Settings
from bot.subscriptions.digests import Digests
from bot.subscriptions.strangers import Strangers
from bot.tasks.models import TaskStatus
from bot.telemetry.backlog import Backlog
from bot.wiring.tenants import Owners
from bot.workspaces.directory import Directory
from jobs.lost_tasks import mark_lost_tasks
from tests.bot.leaderboards.room import make_boards
from tests.bot.outages.making import make_outages
from tests.bot.reports.service_room import Office
from tests.bot.tasks.room import HandClock, make_room
from tests.isolation import ISOLATION


@pytest.fixture
def room(database):
    return make_room(database, HandClock())


async def nothing_is_due() -> bool:
    """No night has passed."""
    return False


async def nobody_is_asked(_visitor):
    """Admit everybody."""


async def test_every_job_is_late_once_and_never_twice_at_a_time(room, database, tmp_path):
    """No tick is dropped for being late, and none overlaps the last."""
    deliveries = open_deliveries(
        database,
        room.clock,
        isolation=ISOLATION,
        wake=lambda _workspace: None,
        directory=Directory(AsyncWebClient()),
        alerts_channel=None,
        kept_days=30,
    )
    scheduler = AsyncIOScheduler(timezone=UTC)
    lanes = Lanes(database, Renderer(tmp_path), room.clock)
    forget_old = Idempotency(database, room.clock).forget_old
    alerts = open_alerts(
        Settings(),
        database,
        room.clock,
        room.tasks,
        wake=room.lanes.wake,
        tenants=Owners(database, "T1").tenants,
        home_of=lambda _tenant: "T1",
        workspaces_of=Owners(database, "T1").workspaces_of,
        find_channel=Directory(AsyncWebClient()).channel_id,
    )
    leaderboards = make_boards(database, room.clock)
    boards = Boards(database, room.clock, room.lanes.wake)
    digests = Digests(database, room.clock, room.lanes.wake)
    jobs.register(
        scheduler,
        database,
        lanes,
        room.intake,
        deliveries,
        forget_old,
        alerts,
        leaderboards,
        boards,
        digests,
        Backlog(database, room.clock),
        make_outages(database, room.clock),
        Office(database).room,
        nothing_is_due,
        Strangers(database, require_insider=nobody_is_asked),
    )
    scheduler.start(paused=True)
    found = scheduler.get_jobs()
    scheduler.shutdown(wait=False)
    assert {
        "advance_reruns",
        "measure_backlog",
        "watch_for_outages",
        "check_nightly",
        "watch_for_alerts",
        "end_subscriptions_of_strangers",
        "read_task_tables",
        "delete_old_alerts",
        "delete_old_end_notices",
        "post_digests",
        "refresh_boards",
        "sweep_lanes",
        "mark_lost_tasks",
        "tell_of_dead_letters",
        "delete_old_logs_and_receipts",
        "delete_old_messages",
        "forget_old_keys",
        "fold_message_totals",
        "post_leaderboards",
        "run_due_reports",
        "check_reports",
        "delete_old_report_runs",
    } == {job.id for job in found}
    for job in found:
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


async def test_a_tick_says_which_tasks_are_lost(room):
    """Silent tasks are said to be lost by the job alone."""
    task = await room.create(status=TaskStatus.RUNNING)
    room.clock.advance(hours=25)
    await asyncio.gather(*(mark_lost_tasks(room.intake) for _ in range(3)))
    assert (await room.row(task)).status == TaskStatus.LOST
    assert (await room.message(task)).revision == 2

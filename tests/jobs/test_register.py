"""What happens by itself: the list, and that a tick does its work."""

import asyncio
from datetime import UTC

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import jobs
from bot.tasks.models import Status
from jobs.liveness import mark_lost_tasks
from tests.bot.tasks.room import HandClock, make_room


@pytest.fixture
def room(database):
    return make_room(database, HandClock())


async def test_every_job_is_late_once_and_never_twice_at_a_time(room):
    """No tick is dropped for being late, and none overlaps the last."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    jobs.register(scheduler, room.intake)
    scheduler.start(paused=True)
    found = scheduler.get_jobs()
    scheduler.shutdown(wait=False)
    assert ["liveness"] == [job.id for job in found]
    for job in found:
        assert (None, True, 1) == (job.misfire_grace_time, job.coalesce, job.max_instances)


async def test_a_tick_says_which_tasks_are_lost(room):
    """Silent tasks are said to be lost by the job alone."""
    task = await room.create(status=Status.RUNNING)
    room.clock.advance(minutes=31)
    await asyncio.gather(*(mark_lost_tasks(room.intake) for _ in range(3)))
    assert Status.LOST == (await room.row(task)).status
    assert 2 == (await room.message(task)).revision

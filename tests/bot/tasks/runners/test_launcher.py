"""The launcher on both databases: once each, after the message, and never silently lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest

from bot.db import Database
from bot.tasks.models import TaskStatus
from bot.tasks.runners.launcher import ABANDONED_AFTER, WAIT_FOR_MESSAGE, Launcher
from bot.tasks.runners.runner import Attempt, Launch, RunnerError
from bot.tasks.service import Tasks
from bot.tokens import Tokens
from tests.bot.tasks.room import BEN, OURS, HandClock, Room, make_room
from tests.patience import until

SECRET = "0123456789abcdef0123456789abcdef"


class Mill:
    """A runner that remembers what it was handed."""

    def __init__(self, *, repeatable: bool = True) -> None:
        self.repeatable = repeatable
        self.started: list[Launch] = []
        self.cancelled: list[Attempt] = []
        self.refusal = ""
        self.before: Callable[[], Awaitable[object]] | None = None

    async def start(self, launch: Launch) -> None:
        self.started.append(launch)
        if self.before:
            await self.before()
        if self.refusal:
            raise RunnerError(self.refusal)

    async def cancel(self, attempt: Attempt) -> None:
        self.cancelled.append(attempt)

    async def follow(self) -> None:
        """Nothing runs."""

    async def stop(self) -> None:
        """Nothing runs."""


@pytest.fixture
def mill() -> Mill:
    return Mill()


def make_launcher(database: Database, clock: HandClock, mill: Mill) -> Launcher:
    tokens = Tokens(SECRET, clock)
    return Launcher(database, clock, {"mill": mill}, base_url=lambda: "http://x", tokens=tokens)


@asynccontextmanager
async def serving(room: Room, mill: Mill, *databases: Database) -> AsyncIterator[None]:
    """Run one launcher per database."""
    launchers = [make_launcher(one, room.clock, mill) for one in databases or (room.database,)]
    running = [asyncio.create_task(one.run(room.intake)) for one in launchers]
    yield
    for one in launchers:
        await one.stop()
    await asyncio.gather(*running)


async def settled(room: Room, task) -> bool:
    return (await room.row(task)).launch_wanted_at is None


async def test_a_task_is_handed_over_with_its_place(room, mill):
    """The runner learns where the message stands, and the wish is gone."""
    task = await room.create(run=True, payload={"x": 1}, subject="Bergmann")
    await room.post(task, "1.2")
    async with serving(room, mill):
        await until(lambda: settled(room, task))

    (launch,) = mill.started
    assert (launch.ts, launch.channel, launch.payload) == ("1.2", "C1", {"x": 1})
    assert launch.callback_url == "http://x/api/slack/update"


async def test_the_token_is_good_for_this_task_only(room, mill, clock):
    """What the runner is given names the task, the tenant, and one scope."""
    task = await room.create(run=True)
    await room.post(task)
    async with serving(room, mill):
        await until(lambda: settled(room, task))

    caller = Tokens(SECRET, clock).read(mill.started[0].callback_token)
    assert (task.id, "default", frozenset({"tasks:write"})) == (
        caller.task_id,
        caller.tenant,
        caller.scopes,
    )


async def test_it_waits_for_the_message_but_not_for_ever(room, mill, clock):
    """Ten seconds after the wish the runner is started without a place."""
    task = await room.create(run=True)
    async with serving(room, mill):
        clock.advance(seconds=9.9)
        await asyncio.sleep(0.5)
        assert mill.started == []
        clock.at += WAIT_FOR_MESSAGE
        await until(lambda: settled(room, task))
    assert [launch.ts for launch in mill.started] == [None]


async def test_a_silent_task_is_not_waited_for(database, clock, mill):
    """With notices of creation off there is no message to wait for."""
    room = make_room(database, clock, on_creation=False)
    task = await room.create(run=True)
    async with serving(room, mill):
        await until(lambda: settled(room, task))
    assert len(mill.started) == 1


async def test_two_processes_launch_each_task_once(database, clock, mill, database_url):
    """Both claim from the same table; no task is handed over twice."""
    room = make_room(database, clock, on_creation=False)
    tasks = [await room.create(run=True) for _ in range(12)]
    other = Database(database_url)
    async with serving(room, mill, database, other):
        for task in tasks:
            await until(partial(settled, room, task))
    other.close()
    assert sorted(task.id for task in tasks) == sorted(one.task_id for one in mill.started)


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_launch_that_a_crash_cut_off_is_not_forgotten(database, clock, repeatable):
    """Begun and never noted as arrived: HTTP is asked again, a command fails with a sentence."""
    room, mill = make_room(database, clock, on_creation=False), Mill(repeatable=repeatable)
    task = await room.create(run=True)
    await room.change(task, launched_at=clock.now())
    async with serving(room, mill):
        await asyncio.sleep(0.3)
        assert mill.started == []
    clock.at += ABANDONED_AFTER + timedelta(seconds=1)
    async with serving(room, mill):
        await until(lambda: settled(room, task))

    row = await room.row(task)
    if repeatable:
        assert (len(mill.started), row.status) == (1, TaskStatus.QUEUED)
    else:
        assert (mill.started, row.status) == ([], TaskStatus.FAILED)
        assert "The bot was stopped while it started this" in str(row.error)


@pytest.mark.parametrize("repeatable", [True, False])
async def test_what_has_begun_to_report_was_launched(database, clock, repeatable):
    """A crash before the note, but the work reports: it is neither repeated nor failed."""
    room, mill = make_room(database, clock, on_creation=False), Mill(repeatable=repeatable)
    task = await room.create(run=True)
    await room.change(task, launched_at=clock.now())
    await room.report(task, "running", progress=5)
    clock.at += ABANDONED_AFTER + timedelta(seconds=1)
    async with serving(room, mill):
        await until(lambda: settled(room, task))
    assert (mill.started, (await room.row(task)).status) == ([], TaskStatus.RUNNING)


async def test_a_task_that_ended_before_its_launch_is_not_launched(room, mill):
    """Whoever was faster than the launcher has done the work."""
    task = await room.create(run=True)
    await room.report(task, "completed")
    async with serving(room, mill):
        await until(lambda: settled(room, task))
    assert mill.started == []


async def test_a_refusal_is_shown_on_the_task(room, mill):
    """The task has failed, with the runner's own words, and can be retried."""
    task = await room.create(run=True)
    await room.post(task)
    mill.refusal = "The orchestrator refused it (422): no such dealer"
    async with serving(room, mill):
        await until(lambda: settled(room, task))

    row = await room.row(task)
    assert (TaskStatus.FAILED, mill.refusal) == (row.status, row.error)
    assert (await room.message(task)).context["actions"] == ["retry"]
    await room.tasks.retry(OURS, task.id, by=BEN)


async def test_a_runner_that_is_gone_is_named(room, mill):
    """The settings were changed under a waiting task: it fails and says why."""
    task = await room.create(run=True, runner="windmill")
    await room.post(task)
    async with serving(room, mill):
        await until(lambda: settled(room, task))
    assert (await room.row(task)).error == "There is no runner called windmill any more."


async def test_a_cancel_during_the_handover_reaches_the_runner(room, mill):
    """Cancelled while it was being started: what has started is stopped."""
    task = await room.create(run=True)
    await room.post(task)
    tasks: Tasks = room.tasks
    mill.before = lambda: tasks.cancel(OURS, task.id, by=BEN)
    async with serving(room, mill):
        await until(lambda: asyncio.sleep(0, bool(mill.cancelled)))
    assert [Attempt("default", task.id, 1)] == mill.cancelled
    assert (await room.row(task)).status == TaskStatus.CANCELLED

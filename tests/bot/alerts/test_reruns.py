"""Running all failed tasks of an alert again, over a real database."""

import asyncio
from typing import Any

import pytest

from bot.alerts.reruns import RERUN
from bot.errors import ConflictError, NotFoundError
from bot.tasks.models import Task, TaskStatus
from tests.bot.alerts.room import Room
from tests.bot.tasks.room import ADA, BEN, CLEOS, OURS


async def failed_alert(room: Room, count: int) -> str:
    """Let so many tasks fail with one error, and return their alert's id."""
    for _ in range(count):
        await room.fail()
        room.clock.advance(seconds=1)
    await room.check()
    return (await room.alert()).id


async def wanted(room: Room) -> list[Task]:
    """Return the tasks whose next attempt is to be started."""
    return [one for one in await room.tasks.all(Task) if one.launch_wanted_at is not None]


async def end(room: Room, status: str) -> None:
    """Let all that was started run and end so."""
    for task in await wanted(room):
        await room.tasks.change(task, launch_wanted_at=None)
        await room.tasks.report(task, status, attempt=2, error="disk full")
    await room.reruns.advance_all()


async def shown(room: Room) -> dict[str, Any]:
    """Return what the message in the thread shows."""
    (message,) = [one for one in await room.messages() if one.template == RERUN]
    return message.context


async def test_an_unmended_cause_costs_exactly_one_run(room):
    """Of fifty tasks one is run again; it fails, and the others are left alone."""
    alert_id = await failed_alert(room, 50)
    assert await room.reruns.begin(OURS, alert_id, by=ADA) == 50
    assert len(await wanted(room)) == 1

    await end(room, "failed")
    assert await wanted(room) == []
    context = await shown(room)
    assert (context["state"], context["failed"], context["waiting"]) == ("stopped", 1, 49)
    assert sum(task.attempt for task in await room.tasks.all(Task)) == 51


async def test_the_rerun_of_a_storm_has_a_name(room):
    """A storm has no kind of its own."""
    for kind in ("a", "b", "c", "d", "e", "f"):
        await room.fail(kind)
    await room.check()
    storm = next(one for one in await room.rows() if one.fingerprint == "storm")
    await room.reruns.begin(OURS, storm.id, by=ADA)

    assert (await shown(room))["task"] == "several kinds"


async def test_when_the_canary_completes_the_others_follow_in_waves(room):
    """One, two, four, three: then all have completed, and one message has shown it."""
    alert_id = await failed_alert(room, 10)
    await room.reruns.begin(OURS, alert_id, by=ADA)
    waves = []
    for _ in range(4):
        waves.append(len(await wanted(room)))
        await end(room, "completed")

    assert waves == [1, 2, 4, 3]
    context = await shown(room)
    assert (context["state"], context["succeeded"], context["total"]) == ("done", 10, 10)
    assert {task.status for task in await room.tasks.all(Task)} == {TaskStatus.COMPLETED}
    assert await room.reruns.advance_all() == 0


async def test_a_second_click_starts_nothing(room):
    """Whoever clicks while it runs is told so, also at the same moment."""
    alert_id = await failed_alert(room, 5)
    clicks = (room.reruns.begin(OURS, alert_id, by=one) for one in (ADA, BEN))
    found = await asyncio.gather(*clicks, return_exceptions=True)

    assert [type(one) for one in found if one != 5] == [ConflictError]
    assert len(await wanted(room)) == 1


async def test_what_a_dead_process_left_is_started_once(room):
    """Written down but not started: the next tick starts it, and the one after nothing more."""
    alert_id = await failed_alert(room, 5)
    await room.reruns.begin(OURS, alert_id, by=ADA)
    (canary,) = await wanted(room)
    await room.tasks.change(canary, attempt=1, status=TaskStatus.FAILED, launch_wanted_at=None)

    for _ in range(3):
        await room.reruns.advance_all()
    (again,) = await wanted(room)
    assert (again.id, again.attempt) == (canary.id, 2)


async def test_what_has_no_runner_cannot_be_run_again(room):
    """Work that was started elsewhere is left alone; alone, it is refused."""
    alert_id = await failed_alert(room, 2)
    for task in await room.tasks.all(Task):
        await room.tasks.change(task, runner=None)

    with pytest.raises(ConflictError, match="have no runner"):
        await room.reruns.begin(OURS, alert_id, by=ADA)
    with pytest.raises(NotFoundError):
        await room.reruns.begin(CLEOS, alert_id, by=BEN)

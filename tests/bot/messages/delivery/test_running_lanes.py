"""All lanes of a process: opened once, woken, stopped in time, and honest about their health."""

import asyncio

import pytest

from tests.patience import PATIENCE_SECONDS


async def test_a_lane_is_opened_once(rig):
    """Two writers for one workspace are an error of ours."""
    rig.open()

    with pytest.raises(ValueError, match="open already"):
        rig.open()


async def test_a_stranger_is_stuck_and_kills_nothing(rig):
    """A workspace that nobody can deliver to is shown with the reason; the others are served."""
    rig.lanes.wake("T0STRANGER")
    rig.open()

    await rig.put("served")

    await rig.until(lambda: rig.texts() == ["served"])
    stuck = ("stuck", "nobody_delivers_there")
    await rig.until(lambda: stuck in states_of(rig, "T0STRANGER"))


async def test_the_sweep_serves_what_a_broken_lane_left(rig):
    """A lane whose task has ended somehow is started again once something is due."""
    rig.open()
    await rig.put("before")
    await rig.until(lambda: rig.texts() == ["before"])
    for task in asyncio.all_tasks():
        if task.get_name() == f"lane {rig.team}":
            task.cancel()
    await rig.until(lambda: rig.lanes.health() == [])
    await rig.store("after")

    await rig.lanes.sweep()

    await rig.until(lambda: rig.texts() == ["before", "after"])


@pytest.mark.long
async def test_a_hanging_call_does_not_keep_us(rig):
    """Stopping waits for its eight seconds at most, and no call goes on behind our back."""
    rig.playground.fail("chat.postMessage", "hold")
    rig.open()
    await rig.put("slow")
    await rig.until(lambda: any(t.get_name().startswith("deliver") for t in asyncio.all_tasks()))

    async with asyncio.timeout(PATIENCE_SECONDS):
        await rig.lanes.stop()
    await asyncio.sleep(0)

    assert not [t for t in asyncio.all_tasks() if t.get_name().startswith("deliver")]


async def test_what_was_stopped_may_be_opened_again(rig):
    """After a stop the workspace is free at once, for us or for another process."""
    rig.open()
    await rig.put("before")
    await rig.until(lambda: rig.texts() == ["before"])
    await rig.lanes.stop()

    rig.open()
    await rig.put("after")

    await rig.until(lambda: rig.texts() == ["before", "after"])


def states_of(rig, key):
    """Return what health says about a lane, if anything."""
    return [(one.state, one.reason) for one in rig.lanes.health() if one.workspace_id == key]

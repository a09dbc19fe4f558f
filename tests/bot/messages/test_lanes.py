"""All lanes of a process: opened once, woken, stopped in time, and honest about their health."""

import asyncio
import time

import pytest

from bot.messages.lanes import STOP_SECONDS


async def test_a_lane_is_opened_once(rig):
    """Two writers for one workspace are an error of ours."""
    rig.open()

    with pytest.raises(ValueError, match="open already"):
        rig.open()


async def test_waking_a_stranger_does_nothing(rig):
    """A workspace without a lane here is somebody else's."""
    rig.lanes.wake("T0STRANGER")

    assert [] == rig.lanes.health()


async def test_health_tells_a_lane_that_has_ended(rig):
    """A lane whose task is gone is not shown as running."""
    rig.open()
    await rig.until(lambda: rig.lanes.health()[0].state == "running")

    for task in asyncio.all_tasks():
        if task.get_name() == f"lane {rig.team}":
            task.cancel()

    await rig.until(lambda: rig.lanes.health()[0].state == "stopped")


async def test_a_hanging_call_does_not_keep_us(rig):
    """Stopping takes at most its eight seconds, and no call is left running behind our back."""
    rig.playground.fail("chat.postMessage", "delay", seconds=30)
    rig.open()
    await rig.put("slow")
    await rig.until(lambda: any(t.get_name().startswith("deliver") for t in asyncio.all_tasks()))
    began = time.monotonic()

    await rig.lanes.stop()
    await asyncio.sleep(0)

    assert time.monotonic() - began < STOP_SECONDS + 2
    assert not [t for t in asyncio.all_tasks() if t.get_name().startswith("deliver")]


async def test_what_was_stopped_may_be_opened_again(rig):
    """After a stop the workspace is free at once, for us or for another process."""
    rig.open()
    await rig.put("before")
    await rig.until(lambda: rig.texts() == ["before"])
    await rig.lanes.stop()

    rig.open()
    await rig.put("after")

    await rig.until(lambda: rig.texts() == ["before", "after"], 3)

"""Virtual time passes at once and in order."""

import asyncio

import pytest

from benchmarks.virtual_time import BEGINNING, LoopClock, VirtualLoop


def test_an_hour_passes_at_once():
    """Sleeping takes virtual time only (who waits for this test sees that), as the clock tells."""

    async def sleep():
        await asyncio.sleep(3600)
        return LoopClock().now() - BEGINNING

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        passed = runner.run(sleep())

    assert passed.total_seconds() == 3600


def test_what_runs_in_a_thread_takes_no_time():
    """Its result and its error come back as from a real executor."""

    async def work():
        loop = asyncio.get_running_loop()
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, lambda: 1 / 0)
        return await loop.run_in_executor(None, lambda: 7), loop.time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(work()) == (7, 0.0)

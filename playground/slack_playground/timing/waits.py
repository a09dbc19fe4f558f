"""Waiting that a jump of the clock shortens."""

import asyncio
import time

from slack_playground.timing.clock import Clock, MovableClock


class Waits:
    """
    Sleeps for redeliveries and scheduled messages.

    A sleep ends when its seconds have passed, be it really or by a jump. Real
    seconds count with a hand-moved clock too, so that nothing waits for ever.
    """

    def __init__(self, clock: Clock) -> None:
        self._skipped = 0.0
        self._wakers: set[asyncio.Event] = set()
        if isinstance(clock, MovableClock):
            clock.watch(self._jump)

    async def sleep(self, seconds: float) -> float:
        """Wait; return by how many seconds a jump went further than that."""
        start, skipped = time.monotonic(), self._skipped
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            while True:
                left = seconds - (time.monotonic() - start) - (self._skipped - skipped)
                if left <= 0:
                    return min(-left, self._skipped - skipped)
                waker.clear()
                await _wait(waker, left)
        finally:
            self._wakers.discard(waker)

    def _jump(self, seconds: float) -> None:
        self._skipped += seconds
        for waker in self._wakers:
            waker.set()


async def _wait(waker: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(waker.wait(), seconds)
    except TimeoutError:
        return

"""The one clock that limits, trigger ids, response URLs and timestamps read."""

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Return the time in seconds since 1970."""
        ...


class RealClock:
    def now(self) -> float:
        return time.time()


class HandClock:
    """A clock that only moves when told to, for tests."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds

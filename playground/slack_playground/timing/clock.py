"""The one clock that limits, trigger ids, response URLs and timestamps read."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Return the time in seconds since 1970."""
        ...


class MovableClock(ABC):
    """A clock that can jump forward. Whoever waits for a time is told of every jump."""

    def __init__(self) -> None:
        self._watchers: list[Callable[[float], None]] = []

    def advance(self, seconds: float) -> None:
        """Jump; raise ValueError for a jump back, since timestamps only grow."""
        if seconds < 0:
            raise ValueError("The clock only goes forward.")
        self._move(seconds)
        for told in self._watchers:
            told(seconds)

    def watch(self, told: Callable[[float], None]) -> None:
        self._watchers.append(told)

    @abstractmethod
    def _move(self, seconds: float) -> None:
        """Go ahead by so many seconds."""


class RealClock(MovableClock):
    """The machine's clock, ahead of it by every jump so far."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def _move(self, seconds: float) -> None:
        self.ahead += seconds


class HandClock(MovableClock):
    """A clock that only moves when told to, for tests."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        super().__init__()
        self._now = now

    def now(self) -> float:
        return self._now

    def _move(self, seconds: float) -> None:
        self._now += seconds

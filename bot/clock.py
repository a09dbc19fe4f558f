"""Clocks: the only place, apart from `bot.ids`, that reads the wall clock."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The bot's source of time; tests set one by hand."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""
        return datetime.now(UTC)


class SteadyClock:
    """
    Another clock's time that never goes back.

    For waits and expiries: if the machine's clock is set back, this one continues from where it
    was, because otherwise every lease and every wait would last that much longer. Use the clock
    itself for times that people read, and for schedules.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = timedelta(0)
        self._last: datetime | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the present as aware UTC, never earlier than the last time."""
        with self._lock:
            now = self._clock.now() + self._ahead
            if self._last is not None and now < self._last:
                self._ahead += self._last - now
                now = self._last
            self._last = now
            return now

"""Backoff of a lane while Slack cannot be reached. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

#: How long a lane pauses, doubling up to the last.
_INITIAL_BACKOFF = timedelta(seconds=1)
_MAX_BACKOFF = timedelta(seconds=30)


@dataclass
class OutageBackoff:
    """The times to ask: ever further apart, until something is delivered."""

    ask_at: datetime
    length: timedelta = timedelta(0)

    def prolong(self, now: datetime) -> None:
        """Ask again after twice as long as the last time."""
        self.length = min(max(self.length * 2, _INITIAL_BACKOFF), _MAX_BACKOFF)
        self.ask_at = now + self.length

    def forget(self) -> None:
        """Begin the next time with the shortest pause: something was delivered."""
        self.length = timedelta(0)

    def left(self, now: datetime) -> timedelta:
        """Return how long not to ask yet."""
        return max(self.ask_at - now, timedelta(0))

"""When a lane that found nobody there asks again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

#: How long a lane pauses, doubling up to the last.
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)


@dataclass
class Pause:
    """The times to ask: ever further apart, until something is delivered."""

    ask_at: datetime
    length: timedelta = timedelta(0)

    def prolong(self, now: datetime) -> None:
        """Ask again after twice as long as the last time."""
        self.length = min(max(self.length * 2, FIRST_PAUSE), LONGEST_PAUSE)
        self.ask_at = now + self.length

    def forget(self) -> None:
        """Begin the next time with the shortest pause: something was delivered."""
        self.length = timedelta(0)

    def left(self, now: datetime) -> timedelta:
        """Return how long not to ask yet."""
        return max(self.ask_at - now, timedelta(0))

"""
How many events an app gets of one workspace in an hour.

https://docs.slack.dev/apis/events-api#rate-limiting: 30,000, and then `app_rate_limited`.
"""

from collections import deque

HOUR_SECONDS = 3600.0
MINUTE_SECONDS = 60


class EventAllowance:
    """Counts what was admitted within the last hour, and the minutes in which that was said."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._admitted: deque[float] = deque()
        self._told_in = -1

    def admits(self, at: float) -> bool:
        """Say whether one more event fits, and count it if so."""
        while self._admitted and self._admitted[0] <= at - HOUR_SECONDS:
            self._admitted.popleft()
        if len(self._admitted) >= self._most:
            return False
        self._admitted.append(at)
        return True

    def is_to_be_told(self, at: float) -> bool:
        """Say whether the app has not been told in this minute yet; from now on it has."""
        minute = int(at) // MINUTE_SECONDS
        is_new = minute != self._told_in
        self._told_in = minute
        return is_new

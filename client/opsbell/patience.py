"""When to try a server again. No I/O, and the time is passed in."""

from __future__ import annotations

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
# At the end a sick server gets two more chances, close together; an absent one gets none.
LAST_WAITS_SECONDS = (0.1, 0.3)
RECENT_SECONDS = 10.0


class Patience:
    """What is known about a server's health, and how long to leave it alone."""

    def __init__(self) -> None:
        self.failures = 0
        self.free_at = 0.0
        self.gave_up = False
        self._absent_at = float("-inf")
        self._last_waits: list[float] | None = None

    @property
    def is_well(self) -> bool:
        """Whether the last thing asked was answered."""
        return self.failures == 0

    def succeeded(self) -> None:
        """Forget the failures."""
        self.failures = 0
        self.free_at = 0.0

    def failed(self, now: float, *, absent: bool, wait: float = 0.0, luck: float = 0.5) -> None:
        """
        Count a failure; *absent* means that nobody answered.

        *wait* is what the server asked for, *luck* (0 to 1) spreads many
        clients of one server.
        """
        self.failures += 1
        if absent:
            self._absent_at = now
        if self._last_waits is None:
            backoff = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(self.failures - 1, 9))
            self.free_at = now + max(wait, backoff * (0.5 + luck / 2))
        elif absent or not self._last_waits:
            self.gave_up = True
        else:
            self.free_at = now + self._last_waits.pop(0)

    def hurry(self, now: float) -> None:
        """Begin the end: try at once, except a server that was found absent a moment ago."""
        self._last_waits = list(LAST_WAITS_SECONDS)
        self.free_at = 0.0
        if not self.is_well and now - self._absent_at < RECENT_SECONDS:
            self.gave_up = True

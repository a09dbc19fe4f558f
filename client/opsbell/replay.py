"""Delivering what earlier runs had to leave in the spool."""

from __future__ import annotations

from .shield import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .spool import Claim, Spool

LOOK_SECONDS = 30.0
# For one run, so that a long outage's backlog is shared by the runs after it.
MAX_ENTRIES = 500


class Replay:
    """Hands out spooled entries one by one, and puts back what was not delivered."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._claim: Claim | None = None
        self._look_at = 0.0
        self._left = MAX_ENTRIES

    def next_entry(self, now: float) -> dict[str, Any] | None:
        """Return the entry to deliver next, the same until `crossed_off`, or None."""
        if self._claim is None and now >= self._look_at and self._left > 0:
            self._claim = self._spool.claim()
            if self._claim is None:
                self._look_at = now + LOOK_SECONDS
        if self._claim is None:
            return None
        if not self._claim.entries or self._left <= 0:
            self.stop()
            return self.next_entry(now)
        return self._claim.entries[0]

    def crossed_off(self) -> None:
        """Forget the entry handed out last: it was delivered or will never be taken."""
        if self._claim is not None:
            self._claim.entries.pop(0)
            self._left -= 1

    def stop(self) -> None:
        """Put back what is left of a file, for a later run."""
        claim, self._claim = self._claim, None
        if claim is not None:
            note(f"spool: let go of a file with {len(claim.entries)} entries left")
            claim.release()

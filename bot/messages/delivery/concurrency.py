"""
Semaphores that the lanes of a process share: turns at the database, and calls in progress.

Both are granted in the order of the requests. A lane asks for one turn at a time and for no more
calls than its share, so a workspace with a long queue cannot keep the others waiting.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

#: Each call under way holds a socket; systems often allow a process no more than 1,024.
_MAX_CALLS = 400
#: Nobody is given less: one call may hang, the next one goes on.
_MIN_CALLS_PER_LANE = 2
#: On PostgreSQL, of the threads of the database; the others stay free for all but lanes.
_TURNS = 5
#: A lane ends after this long without work; the next commit for it starts it again.
REST_AFTER = timedelta(seconds=6)


class ConcurrencyLimits:
    """Hands out turns and calls; `lanes` is how many share them, `is_crowded` if more wait."""

    def __init__(self, *, turns: int = _TURNS, calls: int = _MAX_CALLS) -> None:
        self.lanes = 0
        self.is_crowded = False
        self._max_calls = calls
        self._turns = asyncio.Semaphore(turns)
        self._calls = asyncio.Semaphore(calls)

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Return what a lane holds during its transaction."""
        return self._turns

    def call(self) -> AbstractAsyncContextManager[None]:
        """Return what a lane holds during one delivery."""
        return self._calls

    def rest_after(self) -> timedelta:
        """Return how long a lane may have nothing to do before it ends."""
        return timedelta(0) if self.is_crowded else REST_AFTER

    def calls_each(self) -> int:
        """Return how many calls one lane may have under way."""
        return max(_MIN_CALLS_PER_LANE, self._max_calls // max(1, self.lanes))

"""How many requests of one caller are served at the same time."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.http.errors import RefusedError


@dataclass
class _Turns:
    """The turns of one caller, and how many have or await one."""

    free: asyncio.Semaphore
    users: int = 0


class Concurrency:
    """
    Serves *served* requests of each caller at once; others wait, beyond *limit* they are refused.

    So no caller can take up all the memory for bodies or all the database's time: whoever waits
    takes up a connection only.
    """

    def __init__(self, served: int, limit: int) -> None:
        self._served = served
        self._limit = max(served, limit)
        self._turns: dict[Hashable, _Turns] = {}

    @asynccontextmanager
    async def turn(self, caller: Hashable) -> AsyncIterator[None]:
        """Wait for a turn and keep it; raise `RefusedError` with 429 if too many wait."""
        turns = self._turns.get(caller)
        if turns is None:
            turns = self._turns[caller] = _Turns(asyncio.Semaphore(self._served))
        if turns.users >= self._limit:
            raise RefusedError(
                429,
                "rate_limited",
                f"At most {self._limit} requests at the same time: wait for a response first.",
                {"Retry-After": "1"},
            )
        turns.users += 1
        try:
            async with turns.free:
                yield
        finally:
            turns.users -= 1
            if not turns.users:
                del self._turns[caller]

"""`python -m bot.cli.demo.bot CLOCK_URL`: the bot of the demo, whose clock is the workspace's."""

import asyncio
import contextlib
import sys
from datetime import datetime, timedelta

import aiohttp

from bot.cli.run import serve_until_stopped
from bot.clock import SystemClock

_CLOCK_POLL_SECONDS = 1.0
#: Less is the time that the answer took.
_LEAST_JUMP = timedelta(seconds=3)


class WorkspaceClock:
    """The machine's clock, ahead of it by as much as the workspace's was made to jump."""

    def __init__(self) -> None:
        self._machine = SystemClock()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the present as aware UTC."""
        return self._machine.now() + self._ahead

    async def follow(self, url: str) -> None:
        """Ask the workspace every second how far it is ahead, until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(url) as answer:
                        ahead = timedelta(seconds=(await answer.json())["ahead_seconds"])
                        if abs(ahead - self._ahead) > _LEAST_JUMP:
                            self._ahead = ahead
                await asyncio.sleep(_CLOCK_POLL_SECONDS)


if __name__ == "__main__":
    clock = WorkspaceClock()
    serve_until_stopped(clock, clock.follow(sys.argv[1]))

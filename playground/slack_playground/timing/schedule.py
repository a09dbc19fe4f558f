"""What is to happen at a later time of the workspace's clock."""

import asyncio
from collections.abc import Callable

from slack_playground.timing.clock import Clock
from slack_playground.timing.waits import Waits


class Schedule:
    """Deeds by name, each done once when its time has come, also when it comes by a jump."""

    def __init__(self, clock: Clock, waits: Waits) -> None:
        self._clock = clock
        self._waits = waits
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def plan(self, name: str, at: float, deed: Callable[[], None]) -> None:
        """Do `deed` at `at`; a name planned again is planned anew."""
        self.cancel(name)
        task = asyncio.get_running_loop().create_task(self._wait(name, at, deed))
        self._tasks[name] = task

    def cancel(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    def stop(self) -> None:
        for name in list(self._tasks):
            self.cancel(name)

    async def _wait(self, name: str, at: float, deed: Callable[[], None]) -> None:
        await self._waits.sleep(max(0.0, at - self._clock.now()))
        self._tasks.pop(name, None)
        deed()

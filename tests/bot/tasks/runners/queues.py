"""What the tests of runners with queues share: a record of what is reported, real workers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.tasks.models import TaskStatus
from bot.tasks.runners.runner import Attempt, Launch, Runner
from tests.bot.tasks.runners.test_command import launch
from tests.patience import PATIENCE_SECONDS


class Ledger:
    """Takes reports, and knows which attempts have not ended."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, TaskStatus, dict[str, Any]]] = []
        self.beats: list[Attempt] = []
        self.attempts: dict[str, Attempt] = {}
        self.was_asked = asyncio.Event()
        self._changed = asyncio.Condition()

    async def tell(self, attempt: Attempt, status: TaskStatus, **said: Any) -> None:
        """Take a report."""
        said = {name: value for name, value in said.items() if value is not None}
        async with self._changed:
            self.told.append((attempt.task_id, attempt.number, status, said))
            self._changed.notify_all()

    async def beat(self, attempt: Attempt) -> bool:
        """Take a sign of life."""
        async with self._changed:
            self.beats.append(attempt)
            self._changed.notify_all()
        return True

    async def live(self, _runner: str) -> list[Attempt]:
        """Return what has not ended."""
        self.was_asked.set()
        ended = {
            (task_id, number)
            for task_id, number, status, _ in self.told
            if status in ("completed", "failed", "cancelled")
        }
        return [one for one in self.attempts.values() if (one.task_id, one.number) not in ended]

    async def reached(self, task_id: str, status: TaskStatus, number: int = 1) -> dict[str, Any]:
        """Wait until an attempt was reported so, and return what was said with it."""

        def found() -> dict[str, Any] | None:
            return next(
                (said for one, attempt, at, said in self.told if (one, attempt, at) == wanted), None
            )

        wanted = (task_id, number, status)
        async with self._changed, asyncio.timeout(PATIENCE_SECONDS):
            await self._changed.wait_for(lambda: found() is not None)
        return found() or {}

    async def beaten(self, attempt: Attempt) -> None:
        """Wait for a sign of life of an attempt."""
        async with self._changed, asyncio.timeout(PATIENCE_SECONDS):
            await self._changed.wait_for(lambda: attempt in self.beats)


@asynccontextmanager
async def following(runner: Runner, ledger: Ledger) -> AsyncIterator[None]:
    """Let a runner follow its events, as the launcher does; yield once it hears them."""
    ledger.was_asked.clear()
    task = asyncio.create_task(runner.follow())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await ledger.was_asked.wait()
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def program(
    *words: str, ready: str, **options: Any
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a worker, and yield once it has said that it is ready."""
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, **options
    )
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while ready.encode() not in said:
            line = await process.stdout.readline()
            assert line, said.decode()
            said += line
    reading = asyncio.create_task(process.stdout.read())
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await reading


async def begin(queue: Runner, ledger: Ledger, task_id: str = "t-1", **values: Any) -> Launch:
    """Hand an attempt over, as the launcher does."""
    one = launch(task_id=task_id, **values)
    ledger.attempts[f"{task_id} {one.attempt}"] = one.key
    await queue.start(one)
    return one

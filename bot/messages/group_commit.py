"""Many small writes in one transaction: what arrives while one runs shares the next one."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlmodel import Session

from bot.db import Database

Unit = TypeVar("Unit")
Result = TypeVar("Result")

MOST_UNITS = 400


class GroupCommit(Generic[Unit, Result]):
    """
    Runs *work* for units of many callers, in transactions one after the other.

    A caller goes on once its unit is committed. When a transaction fails, each of its units is
    tried alone, so that nobody pays for somebody else's.
    """

    def __init__(
        self, database: Database, work: Callable[[Session, Sequence[Unit]], Sequence[Result]]
    ) -> None:
        self._database = database
        self._work = work
        self._waiting: list[tuple[Unit, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, unit: Unit) -> Result:
        """Return what *work* returned for this unit, committed; raise what it raised."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((unit, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._drain(), name="group commit")
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            group = self._waiting[:MOST_UNITS]
            del self._waiting[:MOST_UNITS]
            if not await self._commit(group) and len(group) > 1:
                for alone in group:
                    await self._commit([alone])

    async def _commit(self, group: Sequence[tuple[Unit, asyncio.Future[Result]]]) -> bool:
        """Tell each caller of *group* how it went; False if nothing was committed."""
        units = [unit for unit, _ in group]
        writing = self._database.write(lambda session: self._work(session, units))
        (results,) = await asyncio.gather(writing, return_exceptions=True)
        if isinstance(results, BaseException):
            if len(group) == 1 and not group[0][1].done():
                group[0][1].set_exception(results)
            return False
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():  # A caller that hung up is not told.
                future.set_result(result)
        return True

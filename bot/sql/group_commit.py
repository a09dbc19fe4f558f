"""Group commit: writes that arrive while a transaction runs share the next one."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from sqlmodel import Session

from bot.db import Database
from bot.tracing.spans import span

Unit = TypeVar("Unit")
Result = TypeVar("Result")

#: What is to be written, and what tells its caller how that went.
_Waiting = tuple[Unit, asyncio.Future[Result]]

MAX_UNITS = 400


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
        self._waiting: deque[_Waiting[Unit, Result]] = deque()
        self._alone: deque[_Waiting[Unit, Result]] = deque()
        self._is_running = False

    async def submit(self, unit: Unit) -> Result:
        """Return what *work* returned for this unit, committed; raise what it raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((unit, future))
        if not self._is_running:
            self._is_running = True
            # What is asked in the same moment goes along, so none of them is logged as its cause.
            loop.call_soon(self._begin, context=contextvars.Context())
        with span("commit"):
            return await future

    def _begin(self) -> None:
        group = self._next_group()
        if not group:
            self._is_running = False
            return
        units = [unit for unit, _ in group]
        writing = self._database.begin_write(lambda session: self._work(session, units))
        writing.add_done_callback(partial(self._settle, group))

    def _next_group(self) -> Sequence[_Waiting[Unit, Result]]:
        if self._alone:
            return [self._alone.popleft()]
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_UNITS))]

    def _settle(
        self,
        group: Sequence[_Waiting[Unit, Result]],
        writing: asyncio.Future[Sequence[Result]],
    ) -> None:
        """Tell each caller of *group* how it went, and go on with the next one."""
        error = writing.exception()
        if error is None:
            for (_, future), result in zip(group, writing.result(), strict=True):
                if not future.done():  # A caller that hung up is not told.
                    future.set_result(result)
        elif len(group) > 1:
            self._alone.extend(group)
        elif not group[0][1].done():
            group[0][1].set_exception(error)
        self._begin()

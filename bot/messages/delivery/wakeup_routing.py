"""Forwards wake-ups to the process that holds a lane; a single process forwards none."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database
from bot.messages.delivery.due_lanes import pass_on

logger = structlog.get_logger(__name__)

#: Prefix of a key: not "look again" but "restart, your token may have changed".
ANEW = "anew "


class WakeupRouter:
    """
    Looks up which process holds a lane, one query at a time per lane.

    *tell* notifies every process in a transaction; None if there is no other process.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        tell: Callable[[Session, str], None] | None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._tell = tell
        self._asked_again: dict[str, bool] = {}  # of each key that is being asked about
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def are_others(self) -> bool:
        """Tell whether there may be other processes."""
        return self._tell is not None

    def wake(self, key: str, if_nobody: Callable[[str], None]) -> None:
        """Wake the process that holds the lane; call *if_nobody* if no other process does."""
        if self._tell is None:
            if_nobody(key)
        elif key in self._asked_again:
            self._asked_again[key] = True
        else:
            self._asked_again[key] = False
            self._start(self._ask(key, self._tell, if_nobody), f"ask who holds {key}")

    def reopen(self, key: str) -> None:
        """Tell every other process to restart the lane if it holds it."""
        tell = self._tell
        if tell is not None:
            writing = self._database.write(lambda session: tell(session, f"{ANEW}{key}"))
            self._start(writing, f"reopen {key}")

    async def stop(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._asked_again.clear()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        # It outlives the request that began it, and must not carry its correlation id on.
        task = asyncio.create_task(work, name=name, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        # A wake-up may be lost: the sweep finds what it was for.
        if not task.cancelled() and task.exception() is not None:
            logger.warning("wakeup_failed", task=task.get_name(), reason=repr(task.exception()))

    async def _ask(
        self, key: str, tell: Callable[[Session, str], None], if_nobody: Callable[[str], None]
    ) -> None:
        is_elsewhere, again = False, True
        try:
            while again:
                self._asked_again[key] = False
                is_elsewhere = await self._database.write(
                    partial(
                        pass_on,
                        key=key,
                        owner=self._owner,
                        now=self._clock.now(),
                        tell=tell,
                    )
                )
                # Asked again while it was told: what was committed since may not have been seen.
                again = is_elsewhere and self._asked_again[key]
        finally:
            del self._asked_again[key]
        if not is_elsewhere:
            if_nobody(key)

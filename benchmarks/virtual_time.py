"""An event loop on which an hour passes as quickly as its work is done."""

import asyncio
import selectors
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINNING = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Jump(selectors.DefaultSelector):
    """
    Never waits: it moves the time on by as long as it was asked to wait.

    With real sockets it first looks whether something arrives within *look_seconds* of real time.
    """

    def __init__(self, look_seconds: float = 0.0) -> None:
        super().__init__()
        self.now = 0.0
        self._look_seconds = look_seconds

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; when nothing is, let the time asked for be over."""
        ready = super().select(0)
        if not ready and timeout != 0 and self._look_seconds:
            ready = super().select(self._look_seconds)
        if not ready and timeout is None:
            raise RuntimeError("Everything waits and nothing will ever happen.")
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Keeps virtual time. What others run in threads runs here at once, and takes no time."""

    def __init__(self, look_seconds: float = 0.0) -> None:
        self._jump = Jump(look_seconds)
        super().__init__(self._jump)

    def time(self) -> float:
        """Return the virtual seconds since the loop began."""
        return self._jump.now

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run *func* now, in this thread, and return a future that is done."""
        del executor
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - handed on, not swallowed
            # Whoever awaits it raises it, as with a real executor.
            future.set_exception(error)
        return future


class LoopClock:
    """The time of the running loop, as the bot reads it."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""
        return BEGINNING + timedelta(seconds=asyncio.get_running_loop().time())

"""A playground for tests and apps that block: in a thread of its own, without `await`."""

import asyncio
import threading
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any, Self

from slack_playground.config import PlaygroundConfig
from slack_playground.hands import Hands
from slack_playground.playground import Playground


class _Blocking:
    """Does in the workspace's loop what `Hands` can, and returns when it is done."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hands: Hands) -> None:
        self._loop = loop
        self._hands = hands

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._hands, name)
        return self._blocking(found) if callable(found) else found

    def _blocking(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._is_inside():
                # A predicate of `wait_for`.
                return self._wrapped(method(*args, **kwargs))
            done = asyncio.run_coroutine_threadsafe(_finished(method, args, kwargs), self._loop)
            return self._wrapped(done.result())

        return call

    def _is_inside(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def _wrapped(self, found: Any) -> Any:
        return _Blocking(self._loop, found) if isinstance(found, Hands) else found


class SyncPlayground(_Blocking):
    """
    `with SyncPlayground() as playground: …`: a `Playground` whose every method blocks.

    It has the methods and settings of `Playground`; what is awaited there is simply called here.
    """

    def __init__(self, config: PlaygroundConfig | None = None, /, **settings: Any) -> None:
        self._playground = Playground(config, **settings)
        super().__init__(asyncio.new_event_loop(), self._playground)
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="slack-playground", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._run(self._playground.start)
        except OSError:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._playground.stop)
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, method: Callable[..., Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(_finished(method, (), {}), self._loop).result()


async def _finished(method: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    found = method(*args, **kwargs)
    return await found if asyncio.iscoroutine(found) else found

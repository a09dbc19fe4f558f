"""Following Python code: `run_with_slack` and `track`."""

from __future__ import annotations

from functools import wraps

from .outcome import outcome_of
from .shield import Shield, note
from .task import Task, start_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Mapping
    from types import TracebackType
    from typing import Any, TypeVar

    Result = TypeVar("Result")
    Function = TypeVar("Function", bound=Callable[..., Any])

# From CPython's inspect module, which takes 15 ms to import.
CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x20, 0x80, 0x200


def run_with_slack(
    job_name: str,
    job_func: Callable[[], Result],
    metadata: Mapping[str, Any] | None = None,
    *,
    subject: str | None = None,
    channel: str | None = None,
) -> Result:
    """
    Call *job_func* and follow it in Slack.

    Returns what it returns and raises what it raises. The numbers of a
    returned dictionary are shown in the summary. A coroutine function gives
    its coroutine, which is followed while it is awaited.
    """
    return track(job_name, subject=subject, channel=channel, metadata=metadata)(job_func)()


class track:  # noqa: N801 - read as a word: `with track("backfill") as task`, `@track("import")`
    """
    Follow a function or a block in Slack.

    As a decorator it takes functions, coroutine functions and generator
    functions (followed from the first item to the last); each call is a task
    of its own. Asynchronous generator functions are left as they are.
    """

    def __init__(
        self,
        name: str,
        *,
        subject: str | None = None,
        channel: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self._name = name
        self._options = {"subject": subject, "channel": channel, "metadata": metadata}
        self._entered: list[Task] = []

    def __enter__(self) -> Task:
        task = self._start()
        self._entered.append(task)
        return task

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _finish(self._entered.pop(), error)

    def __call__(self, function: Function) -> Function:
        """Return *function* with the same signature, followed each time it is called."""
        flags = _flags(function)
        if flags & CO_ASYNC_GENERATOR:
            note(f"{self._name}: asynchronous generators are not followed")
            return function
        if flags & CO_COROUTINE:
            wrapper = self._around_coroutine(function)
        elif flags & CO_GENERATOR:
            wrapper = self._around_generator(function)
        else:
            wrapper = self._around_function(function)
        return wraps(function)(wrapper)  # type: ignore[return-value]

    def _start(self) -> Task:
        return start_task(self._name, **self._options)  # type: ignore[arg-type]

    def _around_function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def follow(*args: Any, **kwargs: Any) -> Any:
            task = self._start()
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                _finish(task, error)
                raise
            if type(result).__name__ == "coroutine":
                return _awaited(task, result)
            _finish(task, None, result)
            return result

        return follow

    def _around_coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def follow(*args: Any, **kwargs: Any) -> Any:
            return await self._around_function(function)(*args, **kwargs)

        return follow

    def _around_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def follow(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            task = self._start()
            try:
                result = yield from function(*args, **kwargs)
            except BaseException as error:
                _finish(task, error)
                raise
            _finish(task, None, result)
            return result

        return follow


async def _awaited(task: Task, coroutine: Awaitable[Any]) -> Any:
    try:
        result = await coroutine
    except BaseException as error:
        _finish(task, error)
        raise
    _finish(task, None, result)
    return result


def _finish(task: Task, error: BaseException | None, result: object = None) -> None:
    if not task.is_live:
        return
    with Shield("tell the end"):
        status, text = outcome_of(error)
        task._finish(status, text, result)


def _flags(function: Any) -> int:
    """Return the code flags of a function, a method, a partial of one, or a callable object."""
    while hasattr(function, "func"):  # functools.partial
        function = function.func
    code = getattr(function, "__code__", None)
    if code is None:
        code = getattr(type(function).__dict__.get("__call__"), "__code__", None)
    return int(getattr(code, "co_flags", 0))

"""What a task's message learns from its command's output and end."""

from __future__ import annotations

import signal
import threading

from .shield import Shield

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .task import Task

SIGNALLED = 128
MAX_SUMMARY_CHARS = 300


class Watching:
    """
    Reads progress and log lines from the outputs and keeps their ends.

    *log_level* is the lowest level of the lines put into the thread; with None
    only the end of a failure's output is. Nothing is imported or sent before
    `begin`, so that the command starts at once.
    """

    def __init__(self, start: Callable[[], Task], log_level: str | None) -> None:
        self._start = start
        self._log_level = log_level
        self._ready = threading.Event()
        self._task: Task | None = None
        self._outputs: dict[str, Output] = {}
        self._is_explicit = False

    def begin(self) -> None:
        """Open the task: the command runs."""
        with Shield("watch the command"):
            self._outputs = {name: Output() for name in ("out", "err", "both")}
            self._task = self._start()
        self._ready.set()

    def out(self, chunk: bytes) -> None:
        """See what went to standard output."""
        self._see("out", chunk)

    def err(self, chunk: bytes) -> None:
        """See what went to standard error."""
        self._see("err", chunk)

    def both(self, chunk: bytes) -> None:
        """See what went to the one place that is both."""
        self._see("both", chunk)

    def finish(self, code: int, stopped_by: str | None) -> None:
        """Tell how the command ended; *stopped_by* is a signal that was sent to stop it."""
        with Shield("tell the end"):
            for name in list(self._outputs):
                self._see(name, b"\n")
            if self._task is None:
                return
            if code == 0:
                self._task._finish("completed")
            elif stopped_by:
                self._task._finish("cancelled", f"stopped by {stopped_by} ({said(code)})")
            else:
                self._task._finish("failed", self._error(code))

    def fail(self, error: str) -> None:
        """Tell that the command never ran."""
        if self._task is not None:
            self._task._finish("failed", error)

    def _error(self, code: int) -> str:
        from .outcome import shortened

        tails = [self._outputs[name].tail.lines() for name in ("both", "err", "out")]
        lines: list[str] = next(filter(None, tails), [])
        if not lines:
            return said(code)
        is_whole = len(lines[-1]) <= MAX_SUMMARY_CHARS
        before = lines[:-1] if is_whole else lines
        return shortened(f"{said(code)}: {lines[-1][:MAX_SUMMARY_CHARS]}", "\n".join(before))

    def _see(self, name: str, chunk: bytes) -> None:
        self._ready.wait()
        if self._task is None or not self._task.is_live:
            return
        output = self._outputs[name]
        percent = output.progress.feed(chunk)
        self._is_explicit = self._is_explicit or output.progress.is_explicit
        if percent is not None and output.progress.is_explicit >= self._is_explicit:
            self._task.progress(percent)
        output.tail.feed(chunk)
        if self._log_level is not None:
            self._log(output.lines.feed(chunk), self._log_level)

    def _log(self, lines: list[str], lowest: str) -> None:
        from .tail import level_of
        from .task import LEVELS

        for line in lines:
            level = level_of(line, "info")
            if self._task is not None and LEVELS.index(level) >= LEVELS.index(lowest):
                self._task.log(line, level)


class Output:
    """What is remembered of one output."""

    def __init__(self) -> None:
        from .progress import ProgressParser
        from .tail import Lines, Tail

        self.progress = ProgressParser()
        self.tail = Tail()
        self.lines = Lines()


def said(code: int) -> str:
    """Return an exit code in words: `exit code 137 (SIGKILL)`."""
    try:
        return f"exit code {code} ({signal.Signals(code - SIGNALLED).name})"
    except ValueError:
        return f"exit code {code}"

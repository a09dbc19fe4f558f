"""What a task's message learns from its command's output and end."""

from __future__ import annotations

import os
import signal
import threading
import time

from .shield import Shield

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .output.levels import Levels
    from .task import Task

SIGNALLED = 128
# The descriptor whose terminal, if it is one, says how large the screen is.
DESCRIPTORS = {"out": 1, "err": 2, "both": 1}
LOOK_MILLISECONDS = 1000


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
        # How long an output may be quiet until it is looked at again.
        self.look_milliseconds = None if log_level is None else LOOK_MILLISECONDS

    def begin(self) -> None:
        """Open the task: the command runs."""
        with Shield("watch the command"):
            collects = self._log_level is not None
            self._outputs = {
                name: Output(_window_rows(number), collects=collects)
                for name, number in DESCRIPTORS.items()
            }
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

    def finish(self, code: int, stopped_by: str | None, lost: str | None = None) -> None:
        """
        Tell how the command ended.

        *stopped_by* is a signal that was sent to stop it, *lost* why its output
        could not be passed on.
        """
        with Shield("tell the end"):
            for name, output in self._outputs.items():
                self._see(name, b"\n")
                self._log(output.end())
            if self._task is None:
                return
            if code == 0:
                self._task._finish("completed")
            elif stopped_by:
                self._task._finish("cancelled", f"stopped by {stopped_by} ({said(code)})")
            else:
                self._task._finish("failed", self._error(code, lost))

    def fail(self, error: str) -> None:
        """Tell that the command never ran."""
        if self._task is not None:
            self._task._finish("failed", error)

    def _error(self, code: int, lost: str | None) -> str:
        from .output.failure import failure_text

        tails = {name: output.screen.lines() for name, output in self._outputs.items()}
        summary = f"{said(code)}, output lost ({lost})" if lost else said(code)
        return failure_text(summary, tails["both"], tails["err"], tails["out"])

    def _see(self, name: str, chunk: bytes) -> None:
        self._ready.wait()
        if self._task is None or not self._task.is_live:
            return
        output = self._outputs[name]
        percent = output.progress.feed(chunk) if chunk else None
        self._is_explicit = self._is_explicit or output.progress.is_explicit
        if percent is not None and output.progress.is_explicit >= self._is_explicit:
            self._task.progress(percent)
        now = time.monotonic()
        output.screen.feed(chunk, now)
        if self._log_level is not None:
            self._log(output.settled(now))

    def _log(self, lines: list[tuple[str, str]]) -> None:
        from .task import LEVELS

        if self._task is None or self._log_level is None:
            return
        lowest = LEVELS.index(self._log_level)
        for level, line in lines:
            if LEVELS.index(level) >= lowest and not line.startswith("::progress"):
                self._task.log(line, level)


class Output:
    """What is remembered of one output."""

    def __init__(self, window_rows: int | None, *, collects: bool) -> None:
        from .output.progress import ProgressParser
        from .output.screen import Screen

        self.progress = ProgressParser()
        self.screen = Screen(window_rows, collects=collects)
        self._levels: Levels | None = None
        if collects:
            from .output.levels import Levels

            self._levels = Levels()

    def settled(self, now: float) -> list[tuple[str, str]]:
        """Return the lines that are new and final at *now*, each after its level."""
        return self._leveled(self.screen.settled(now))

    def end(self) -> list[tuple[str, str]]:
        """Return all lines that are left, each after its level."""
        last = self._leveled(self.screen.end())
        return last + (self._levels.end() if self._levels else [])

    def _leveled(self, lines: list[str]) -> list[tuple[str, str]]:
        if self._levels is None:
            return []
        return [pair for line in lines for pair in self._levels.read(line)]


def _window_rows(number: int) -> int | None:
    try:
        return os.get_terminal_size(number).lines or None
    except OSError:
        return None


def said(code: int) -> str:
    """Return an exit code in words: `exit code 137 (SIGKILL)`."""
    try:
        return f"exit code {code} ({signal.Signals(code - SIGNALLED).name})"
    except ValueError:
        return f"exit code {code}"

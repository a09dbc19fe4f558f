"""Signals meant for the command that reach us instead."""

from __future__ import annotations

import os
import signal
import threading

from .shield import Shield

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH")
STOPPING = {"SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"}
# The terminal sends these to the whole foreground group, so the command has them already.
FROM_KEYBOARD = {"SIGINT", "SIGQUIT"}


class Forwarding:
    """
    Holds signals back from the moment it is made and passes them on from `start` on.

    Signals that are ignored stay ignored, for the command too (`nohup`).
    """

    def __init__(self) -> None:
        named = [getattr(signal, name) for name in FORWARDED if hasattr(signal, name)]
        self._watched = [
            number for number in named if signal.getsignal(number) is not signal.SIG_IGN
        ]
        self.mask_before = signal.pthread_sigmask(signal.SIG_BLOCK, self._watched)
        self.stopped_by: str | None = None

    def start(self, pid: int, on_resize: list[Callable[[], None]]) -> None:
        """Pass signals on to process *pid* until this process ends."""
        threading.Thread(target=self._forward, args=(pid, on_resize), daemon=True).start()

    def _forward(self, pid: int, on_resize: list[Callable[[], None]]) -> None:
        while True:
            number, is_from_kernel = _next_signal(self._watched)
            name = signal.Signals(number).name
            if name in STOPPING:
                self.stopped_by = name
            if name == "SIGWINCH":
                for resize in on_resize:
                    resize()
            if not (is_from_kernel and name in FROM_KEYBOARD):
                with Shield("forward a signal"):  # The command may be gone, or another user's.
                    os.kill(pid, number)


def _next_signal(watched: list[signal.Signals]) -> tuple[int, bool]:
    """Wait for a signal; also return whether the kernel sent it, not a process."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(watched)
        return info.si_signo, info.si_code > 0
    # macOS cannot tell: in the foreground of a terminal it is taken for a key press.
    number = signal.sigwait(watched)
    try:
        return number, os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return number, False

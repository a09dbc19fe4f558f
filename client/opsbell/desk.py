"""The reporters of this process, and their end when it ends."""

from __future__ import annotations

import atexit
import os
import sys
import time

from .reporter import Reporter
from .settings import exit_seconds, spool_folder
from .values.masking import remember

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Target

# Keyed by process too: after a fork the parent's reporters, with their threads
# and locks, stay the parent's, and the child makes its own.
_reporters: dict[tuple[int, Target], Reporter] = {}


def reporter_for(target: Target) -> Reporter:
    """Return this process's reporter for *target*, made on first use."""
    key = (os.getpid(), target)
    reporter = _reporters.get(key)
    if reporter is None:
        # setdefault is atomic, so no lock is needed that a fork could find held.
        remember(target.token)
        reporter = _reporters.setdefault(key, Reporter(target, spool_folder()))
        _end_with_process()
    return reporter


def end_reporters() -> None:
    """Tell what is left, within `exit_seconds()` for all servers together. Safe to repeat."""
    deadline = time.monotonic() + exit_seconds()
    mine = [key for key in list(_reporters) if key[0] == os.getpid()]
    ending = [_reporters.pop(key) for key in mine]
    for reporter in ending:
        reporter.begin_end(deadline)
    for reporter in ending:
        reporter.end()


def _end_with_process() -> None:
    atexit.unregister(end_reporters)
    atexit.register(end_reporters)
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None and processes.parent_process() is not None:
        # Children of multiprocessing leave by os._exit, which skips atexit but not finalizers.
        from multiprocessing.util import Finalize

        Finalize(None, end_reporters, exitpriority=100)

"""
Kills its own process, by SIGKILL, at a named step of the program, which knows nothing of it.

Python runs this file at the start of every process that has its folder in PYTHONPATH. KILL_AT
names the step as `module:function:call` or `module:function:return`; several, with commas, must be
met one after the other in the same thread. Nothing happens before the file KILL_ARMED exists.
"""

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

MET = threading.local()


def watch(stages: list[tuple[str, str, str]], armed: Path) -> None:
    """Look at every call and return of the whole process from now on."""
    names = frozenset(name.rpartition(".")[2] for _, name, _ in stages)

    def look(frame: FrameType, event: str, _argument: object) -> None:
        if frame.f_code.co_name not in names:
            return
        met = getattr(MET, "count", 0)
        where = (str(frame.f_globals.get("__name__")), frame.f_code.co_qualname, event)
        if where != stages[met] or not armed.exists():
            return
        MET.count = met + 1
        if MET.count == len(stages):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)
    threading.setprofile(look)


def stage(said: str) -> tuple[str, str, str]:
    module, function, event = said.split(":")
    return module, function, event


if "KILL_AT" in os.environ:
    watch([stage(one) for one in os.environ["KILL_AT"].split(",")], Path(os.environ["KILL_ARMED"]))

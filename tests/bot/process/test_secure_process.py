"""What children of the bot can learn about it from `/proc`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
#: A bot as an ordinary user, and its child, which looks.
BOT = """
import ctypes, os, subprocess, sys
from bot.process.secure_process import hide_memory
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # as after an ordinary start
if sys.argv[1] == "hidden":
    assert hide_memory()
look = "cat /proc/$PPID/environ > /dev/null && : < /proc/$PPID/mem"
sys.exit(subprocess.run(["/bin/sh", "-c", look], env={"PATH": "/bin:/usr/bin"}).returncode)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
@pytest.mark.parametrize(("how", "is_read"), [("open", True), ("hidden", False)])
def test_a_child_cannot_read_the_environment_of_the_bot(how, is_read):
    """It could, without our asking the system: both are tried, as a user who is not root."""
    environ = {**os.environ, "CANARY": "secret", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", BOT, how],
        env=environ,
        cwd=ROOT,
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert (done.returncode == 0) == is_read
    assert done.returncode == 0 or "Permission denied" in done.stderr

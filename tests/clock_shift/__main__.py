"""
Run a command, and all that it starts, with the wall clock ahead.

    python -m tests.clock_shift 400 python -m pytest tests/bot/test_tokens.py
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.clock_shift import ahead, compile_shift


def main() -> int:
    """Return the command's exit code."""
    days, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="clock-shift-") as folder:
        library = compile_shift(Path(folder))
        environ = ahead(os.environ, library, int(days) * 86400)
        return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

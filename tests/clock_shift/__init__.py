"""A wall clock that is ahead of the machine's, for one command and its children; Linux only."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("shift.c")
FLAGS = ("-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror")
LIBRARIES = ("-ldl", "-lpthread", "-lrt")
PRELOAD, SECONDS = "LD_PRELOAD", "CLOCK_SHIFT_SECONDS"


def compiler() -> str | None:
    """Return the path of a C compiler, or None without one."""
    return shutil.which(os.environ.get("CC", "cc"))


def compile_shift(folder: Path) -> Path:
    """Return the library, compiled into *folder*; raise CalledProcessError if that fails."""
    library = folder / "shift.so"
    subprocess.run(
        [compiler() or "cc", *FLAGS, "-o", library, SOURCE, *LIBRARIES],
        check=True,
    )
    # The embedded PostgreSQL may run as another user.
    folder.chmod(0o755)
    library.chmod(0o755)
    return library


def ahead(environ: Mapping[str, str], library: Path, seconds: int) -> dict[str, str]:
    """Return *environ* for a process whose wall clock is that far ahead of ours."""
    total = int(environ.get(SECONDS, "0")) + seconds
    return {**environ, PRELOAD: str(library), SECONDS: str(total)}

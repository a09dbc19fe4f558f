"""Files that only the bot's own user may read or write."""

import contextlib
import os
import stat
from pathlib import Path

_PRIVATE = 0o600
#: What SQLite puts beside its file; new ones get the mode of the file itself.
_BESIDE = ("", "-wal", "-shm", "-journal")


def open_private(path: Path) -> int:
    """Return a descriptor of a file for its owner alone, made if need be; raise `OSError`."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
    _close_to_others(file)
    return file


def make_sqlite_private(database: str | None) -> None:
    """Make a SQLite file, and what stands beside it, readable for its owner alone."""
    if not database or database.startswith((":memory:", "file:")):
        return
    for end in _BESIDE:
        path = Path(f"{database}{end}")
        # If it cannot be opened, opening the database next gives a better error message.
        with contextlib.suppress(OSError):
            if not end or path.exists():
                os.close(open_private(path))


def _close_to_others(file: int) -> None:
    if stat.S_IMODE(os.fstat(file).st_mode) & 0o077:
        with contextlib.suppress(PermissionError):  # It belongs to somebody else, who shares it.
            os.fchmod(file, _PRIVATE)

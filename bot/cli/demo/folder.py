"""The demo's folder: emptied at the start, private, and never a folder of somebody else."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

from bot.cli.demo.error import DemoError

#: A folder with this file in it was made by a demo; a demo that runs holds a lock on it.
_MARK = ".opsbell-demo"


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """
    Yield the folder, empty, for as long as the demo runs; one beside it if it is in use.

    The workspace forgets everything at its end, so the bot must too. Raises `DemoError` for a
    folder that cannot be written, or in which something stands that no demo put there.
    """
    for number in count(1):
        own = folder if number == 1 else folder.with_name(f"{folder.name}-{number}")
        try:
            mark = _claim_folder(own)
        except OSError as error:
            reason = error.strerror or error
            raise DemoError(f"Cannot write to {own}: {reason}. Name another --folder.") from error
        if mark is not None:
            with mark:
                yield own
            return


def _claim_folder(folder: Path) -> IO[str] | None:
    """Return what holds the folder until it is closed, or None if another demo holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / _MARK).exists():
        raise DemoError(f"{folder} is not empty and no demo made it. Name another --folder.")
    mark = (folder / _MARK).open("w")
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        mark.close()
        return None
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != _MARK:
            entry.unlink()
    return mark

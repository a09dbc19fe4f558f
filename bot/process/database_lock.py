"""Allows one process per SQLite file, with an operating-system lock that ends with the process."""

import fcntl
import os
from pathlib import Path
from typing import IO

from sqlalchemy.engine import URL

from bot.errors import ConfigError
from bot.process.private_file import open_private


def lock_database(url: URL) -> IO[str] | None:
    """
    Hold the lock beside a SQLite file until the returned file is closed; None for PostgreSQL.

    Raises `ConfigError` when another process holds it: two lanes would write to one workspace.
    """
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    path = Path(f"{url.database}.lock")
    try:
        file = os.fdopen(open_private(path), "r+")
    except OSError as error:
        raise ConfigError([f"DATABASE_URL: cannot write beside {url.database}: {error}"]) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise ConfigError(
            [
                f"DATABASE_URL: another Opsbell is running on {url.database}; stop it, "
                "or use PostgreSQL for several processes"
            ]
        ) from error
    return file


def is_locked(url: URL) -> bool:
    """Tell whether another process holds the lock of a SQLite file; never for PostgreSQL."""
    try:
        lock = lock_database(url)
    except ConfigError:
        return True
    if lock is not None:
        lock.close()
    return False

"""
Recognises a database that is away, and logs the failures of a loop without flooding the log.

A bot whose database is away fails a dozen times a second, for as long as that takes: with a
traceback each time it would fill the disk.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import exc

logger = structlog.get_logger(__name__)

#: An error of the same kind is logged once in this time, with how often it came.
_REPEATED_SECONDS = 60.0
#: A database that cannot be used now. `TimeoutError`: no connection became free.
_UNAVAILABLE_ERRORS = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
    exc.TimeoutError,
    exc.DisconnectionError,
    exc.PendingRollbackError,
)
_AWAY_NAMES = frozenset({"OperationalError", "InterfaceError", "InternalError"})
_DRIVERS = frozenset({"sqlite3", "psycopg"})
_MAX_REASON = 300


def is_database_unavailable(error: BaseException) -> bool:
    """
    Tell whether an error means that the database is locked, busy, full or unreachable.

    SQLAlchemy passes on errors that a driver raises outside its statements. They are recognised by
    the names that PEP 249 prescribes, so that an unused driver need not be loaded.
    """
    if isinstance(error, _UNAVAILABLE_ERRORS):
        return True
    return any(
        kind.__name__ in _AWAY_NAMES and kind.__module__.partition(".")[0] in _DRIVERS
        for kind in type(error).__mro__
    )


def database_reason(error: BaseException) -> str:
    """Return what the database said, in one line, without the statement and its values."""
    told = getattr(error, "orig", None) or (*error.args, "")[0]
    lines = str(told).strip().splitlines()
    return lines[0][:_MAX_REASON] if lines else type(error).__name__


class FailureLogger:
    """Logs how one loop fails; the caller goes on."""

    def __init__(
        self, event: str, now: Callable[[], float] = time.monotonic, **fields: Any
    ) -> None:
        self._event = event
        self._now = now
        self._fields = fields
        self._told_at: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def exception(self) -> None:
        """
        Log the error that is being handled.

        Our own mistakes come with their traceback, a database that is away in one line.
        """
        error = sys.exception()
        if error is None:
            raise RuntimeError("no error is being handled")
        kind, now = type(error).__name__, self._now()
        told_at = self._told_at.get(kind)
        if told_at is not None and now - told_at < _REPEATED_SECONDS:
            self._untold[kind] = self._untold.get(kind, 0) + 1
            return
        self._told_at[kind] = now
        fields = {**self._fields, "reason": database_reason(error)}
        if untold := self._untold.pop(kind, 0):
            fields["repeated"] = untold
        if is_database_unavailable(error):
            logger.error(self._event, **fields)
        else:
            logger.error(self._event, exc_info=error, **{**fields, "reason": kind})

"""Refusals that exist only over HTTP, and the one answer that the contract has for any error."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import exc

from bot.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnavailableError,
    UserError,
)
from bot.http.routing import Answer

logger = structlog.get_logger(__name__)

STATUS_OF: dict[type[UserError], int] = {
    InvalidError: 422,
    NotFoundError: 404,
    ForbiddenError: 403,
    ConflictError: 409,
    UnavailableError: 503,
}
RETRY_SECONDS = "5"
#: A database that cannot be used now. `TimeoutError`: no connection became free.
AWAY = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
    exc.TimeoutError,
    exc.DisconnectionError,
    exc.PendingRollbackError,
)
AWAY_NAMES = frozenset({"OperationalError", "InterfaceError", "InternalError"})
DRIVERS = frozenset({"sqlite3", "psycopg"})
# What aiohttp itself refuses, and what to do about it.
OF_AIOHTTP = {
    404: "There is nothing at this address; the list is at /api/docs.",
    405: "This address does not take this method; the header Allow names those it takes.",
    413: "The body is larger than 1 MiB; send less, or in several calls.",
}


class RefusedError(UserError):
    """The request is refused with *status*; the message says what to do."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        super().__init__(message)


def not_json(reason: str, what: str = "one JSON object") -> RefusedError:
    return RefusedError(400, "bad_request", f"The body must be {what}: {reason}.")


def too_large() -> RefusedError:
    return RefusedError(413, "too_large", OF_AIOHTTP[413])


def unauthorized(reason: str) -> RefusedError:
    return RefusedError(
        401,
        "unauthorized",
        reason,
        # https://www.rfc-editor.org/rfc/rfc6750#section-3
        {"WWW-Authenticate": 'Bearer realm="opsbell", error="invalid_token"'},
    )


def answer_to(error: Exception) -> Answer | None:
    """Return what the caller is told; None for a mistake of ours."""
    if isinstance(error, web.HTTPException):
        return answer_to_aiohttp(error)
    if isinstance(error, RefusedError):
        return refused(error.status, error.code, str(error), headers=error.headers)
    if isinstance(error, UserError):
        return answer_to_user(error)
    if isinstance(error, TimeoutError) or is_database_away(error):
        logger.error("http_database_failed", exc_info=error)
        return unavailable("The database does not answer; try again.")
    return None


def is_database_away(error: BaseException) -> bool:
    """
    Tell whether a database is locked, busy, full or gone, whoever says so.

    SQLAlchemy passes on what a driver raises outside of its statements. The drivers' errors have
    the names that PEP 249 gives them, so that a driver which is not used need not be loaded.
    """
    if isinstance(error, AWAY):
        return True
    return any(
        kind.__name__ in AWAY_NAMES and kind.__module__.partition(".")[0] in DRIVERS
        for kind in type(error).__mro__
    )


def answer_to_unforeseen(error_id: str) -> Answer:
    """Return all that a caller may know of our own mistake: where it stands in the log."""
    return refused(500, "internal", f"Something went wrong here; it is in the log as {error_id}.")


def answer_to_user(error: UserError) -> Answer:
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 422)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return unavailable(str(error))
    problems = error.problems if isinstance(error, InvalidError) else ()
    details = [{"field": problem.field, "message": problem.message} for problem in problems]
    return refused(status, error.code, str(error), details)


def answer_to_aiohttp(error: web.HTTPException) -> Answer:
    message = OF_AIOHTTP.get(error.status, error.reason)
    phrase = HTTPStatus(error.status).phrase
    code = "too_large" if error.status == 413 else phrase.lower().replace(" ", "_")
    allow = error.headers.get("Allow")
    return refused(error.status, code, message, headers={"Allow": allow} if allow else {})


def unavailable(message: str) -> Answer:
    return refused(503, "unavailable", message, headers={"Retry-After": RETRY_SECONDS})


def refused(
    status: int,
    code: str,
    message: str,
    details: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    body: dict[str, Any] = {"error": code, "message": message, "details": details or []}
    return Answer(body, status, headers or {})

"""Errors that exist only over HTTP, and the one shape of every error response."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

from bot.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    LimitError,
    NotFoundError,
    UnavailableError,
    UserError,
)
from bot.http.route_types import Response
from bot.process.failure_log import database_reason, is_database_unavailable
from bot.redaction import redact

logger = structlog.get_logger(__name__)

_STATUS_OF: dict[type[UserError], int] = {
    InvalidError: 422,
    NotFoundError: 404,
    ForbiddenError: 403,
    ConflictError: 409,
    LimitError: 429,
    UnavailableError: 503,
}
_RETRY_SECONDS = "5"
# What aiohttp itself refuses, and what to do about it.
_OF_AIOHTTP = {
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


def body_too_large() -> RefusedError:
    return RefusedError(413, "too_large", _OF_AIOHTTP[413])


def unauthorized(reason: str) -> RefusedError:
    return RefusedError(
        401,
        "unauthorized",
        reason,
        # https://www.rfc-editor.org/rfc/rfc6750#section-3
        {"WWW-Authenticate": 'Bearer realm="opsbell", error="invalid_token"'},
    )


def answer_to(error: Exception) -> Response | None:
    """Return the error response; None for an internal error."""
    if isinstance(error, web.HTTPException):
        return _answer_to_aiohttp(error)
    if isinstance(error, RefusedError):
        return refused(error.status, error.code, str(error), headers=error.headers)
    if isinstance(error, UserError):
        return _answer_to_user(error)
    if is_database_unavailable(error):
        logger.error("http_database_failed", reason=database_reason(error))
        return _unavailable("The database does not answer; try again.")
    if isinstance(error, TimeoutError):
        logger.error("http_request_timed_out", exc_info=error)
        return _unavailable("This took too long: the database or Slack is slow; try again.")
    return None


def internal_error_response(error_id: str) -> Response:
    """Return the response to an internal error: its id in the log and nothing else."""
    return refused(500, "internal", f"Something went wrong here; it is in the log as {error_id}.")


def _answer_to_user(error: UserError) -> Response:
    status = next((code for kind, code in _STATUS_OF.items() if isinstance(error, kind)), 422)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _unavailable(str(error))
    problems = error.problems if isinstance(error, InvalidError) else ()
    details = [{"field": problem.field, "message": problem.message} for problem in problems]
    return refused(status, error.code, str(error), details)


def _answer_to_aiohttp(error: web.HTTPException) -> Response:
    message = _OF_AIOHTTP.get(error.status, error.reason)
    phrase = HTTPStatus(error.status).phrase
    code = "too_large" if error.status == 413 else phrase.lower().replace(" ", "_")
    allow = error.headers.get("Allow")
    return refused(error.status, code, message, headers={"Allow": allow} if allow else {})


def _unavailable(message: str) -> Response:
    return refused(503, "unavailable", message, headers={"Retry-After": _RETRY_SECONDS})


def refused(
    status: int,
    code: str,
    message: str,
    details: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return the one shape of a refusal; what it repeats of the request is masked."""
    told = [{name: redact(text) for name, text in detail.items()} for detail in details or ()]
    body: dict[str, Any] = {"error": code, "message": redact(message), "details": told}
    return Response(body, status, headers or {})

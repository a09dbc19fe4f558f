"""Refusals that exist only over HTTP; the others are in `bot.errors`."""

from collections.abc import Mapping

from bot.errors import UserError


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


def unauthorized(reason: str) -> RefusedError:
    return RefusedError(
        401,
        "unauthorized",
        reason,
        # https://www.rfc-editor.org/rfc/rfc6750#section-3
        {"WWW-Authenticate": 'Bearer realm="opsbell", error="invalid_token"'},
    )

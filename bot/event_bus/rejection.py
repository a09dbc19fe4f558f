"""What becomes of a request that fails, and the dead letter of one that is given up."""

import json
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from bot.errors import InvalidError, OpsbellError, UnavailableError, UserError
from bot.event_bus.brokers.broker import BusMessage
from bot.event_bus.cloud_events import is_attribute
from bot.process.failure_log import is_database_unavailable
from bot.redaction import redact

#: How long something that is missing outside is waited for, and a fault of our own.
_PATIENCE = timedelta(minutes=10)
_FAULT_TRIES = 5
_FIRST_DELAY, LONGEST_DELAY_SECONDS = 0.5, 8.0
_MAX_MESSAGE = 1_000
_MAX_REASONS = 20
_FAULT = "Opsbell failed each time it tried; its log says why."


class FailureVerdict(StrEnum):
    """What to do after an error."""

    RETRY = "retry"
    REJECT = "reject"


def judge(error: Exception, tries: int, waited: timedelta) -> FailureVerdict:
    """Tell what to do after so many failed tries, the first of them *waited* ago. Pure."""
    if is_database_unavailable(error) or isinstance(error, TimeoutError):
        return FailureVerdict.RETRY  # However long: nothing can be written down.
    if isinstance(error, UnavailableError):
        return FailureVerdict.RETRY if waited < _PATIENCE else FailureVerdict.REJECT
    if isinstance(error, UserError):
        return FailureVerdict.REJECT
    return FailureVerdict.RETRY if tries < _FAULT_TRIES else FailureVerdict.REJECT


def delay_before(tries: int) -> float:
    """Return the seconds to wait after so many failed tries."""
    return min(_FIRST_DELAY * 2.0 ** min(tries - 1, 10), LONGEST_DELAY_SECONDS)


def reason_of(error: Exception, told: type[OpsbellError]) -> str:
    """Return what the log says of an error: of another kind than *told* only its name."""
    return redact(str(error)) if isinstance(error, told) else type(error).__name__


def rejected(body: bytes, headers: Mapping[str, str], error: Exception) -> BusMessage:
    """Return the dead letter: the message as it came, with the reason in headers of its own."""
    # Not all: some tell the broker what to do.
    kept = {name: value for name, value in headers.items() if is_attribute(name, value)}
    content_type = headers.get("content-type", "application/octet-stream")
    name = sha256(body + repr(sorted(headers.items())).encode()).hexdigest()
    return BusMessage(
        id=f"rejected-{name[:32]}",
        type="rejected",
        key=name[:32],
        body=body,
        content_type=content_type,
        headers={**kept, **_reason(error)},
    )


def without_its_end(letter: BusMessage) -> BusMessage:
    """Return a dead letter that leaves room for its headers, and says so."""
    half = letter.body[: len(letter.body) // 2]
    headers = {**letter.headers, "opsbell-truncated": "true"}
    return BusMessage(letter.id, letter.type, letter.key, half, letter.content_type, headers)


def _reason(error: Exception) -> dict[str, str]:
    """Return the headers that say why: ASCII, so that each broker takes them."""
    if not isinstance(error, UserError):
        return {"opsbell-error": "internal", "opsbell-message": _FAULT}
    problems = error.problems if isinstance(error, InvalidError) else ()
    fields = [{"field": one.field, "message": one.message} for one in problems[:_MAX_REASONS]]
    return {
        "opsbell-error": error.code,
        "opsbell-message": json.dumps(str(error)[:_MAX_MESSAGE])[1:-1],
        "opsbell-fields": json.dumps(fields),
    }

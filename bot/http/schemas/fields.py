"""The kinds of values that callers send, each with its limits."""

import json
import math
import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from bot.http.correlation import ACCEPTED
from bot.messages.rendering.escaping import is_safe_url
from bot.terminal_sequences import strip_sequences

#: Told whole in the thread, in parts.
MAX_ERROR_CHARACTERS = 24_000
#: Context travels with every revision of a message, so it must stay small.
MAX_DETAILS_CHARACTERS = 32_000
MAX_INTEGER = 2**31 - 1
MAX_SEQUENCE = 2**63 - 1
SPELLINGS = {"in_progress": "running", "canceled": "cancelled"}


def as_text(value: Any) -> Any:
    """
    Take a number where a name is wanted: dealers and users are often numbers.

    Terminal sequences go before anything is counted.
    """
    if isinstance(value, str):
        return strip_sequences(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def seen_text(most: int) -> AfterValidator:
    """Keep the first *most* characters of what is seen of a program's text."""
    return AfterValidator(lambda text: strip_sequences(text)[:most])


def whole_percent(value: Any) -> int:
    """Return it rounded down, so that only finished work shows 100."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number from 0 to 100")  # noqa: TRY004 - pydantic wants this
    if not 0 <= value <= 100:
        raise ValueError("must be from 0 to 100")
    return math.floor(value)


def link(value: str) -> str:
    if value.startswith("mailto:") or not is_safe_url(value):
        raise ValueError("must be an http:// or https:// address of at most 3,000 characters")
    return value


def addressable(task_id: str) -> str:
    """
    Return an id that can stand in an address and between backticks.

    Clients resolve `.` and `..` away.
    """
    if not re.fullmatch("[!-_a-~]{1,200}", task_id) or task_id in (".", ".."):
        raise ValueError("must be 1 to 200 printable ASCII characters without spaces or backticks")
    return task_id


def correlating(value: str) -> str:
    if not ACCEPTED.fullmatch(value):
        raise ValueError("must be 1 to 128 printable ASCII characters")
    return value


def timestamp(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,12}\.[0-9]{1,9}", value):
        raise ValueError("must be a message's `ts` as Slack says it, like 1700000000.000100")
    return value


def small(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value)) > MAX_DETAILS_CHARACTERS:
        raise ValueError(f"must be at most {MAX_DETAILS_CHARACTERS:,} characters of JSON")
    return value


def moment(value: Any) -> int | None:
    """Return the epoch seconds of an ISO 8601 time with offset, or of a number; else None."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
        return None if at.tzinfo is None else int(at.timestamp())
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def level(value: Any) -> str:
    """Return the level's usual name; one nobody knows counts as info."""
    word = value.lower() if isinstance(value, str) else ""
    known = {
        "trace": "debug",
        "debug": "debug",
        "notice": "info",
        "warn": "warning",
        "warning": "warning",
        "error": "error",
        "critical": "error",
        "fatal": "error",
    }
    return known.get(word, "info")


# The constraints come first, next to `str`: behind another validator they would not strip.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    BeforeValidator(as_text),
]
NewTaskId = Annotated[
    str,
    AfterValidator(addressable),
    BeforeValidator(as_text),
    WithJsonSchema({"type": "string", "pattern": "^[!-_a-~]{1,200}$"}),
]
TaskId = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(as_text)]
Channel = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
CorrelationId = Annotated[
    str,
    AfterValidator(correlating),
    WithJsonSchema({"type": "string", "pattern": "^[ -~]{1,128}$"}),
]
Timestamp = Annotated[
    str,
    AfterValidator(timestamp),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,12}\.[0-9]{1,9}$"}),
]
SentStatus = Annotated[
    Literal["queued", "running", "completed", "failed", "cancelled"],
    BeforeValidator(lambda value: SPELLINGS.get(value, value) if isinstance(value, str) else value),
]
Percent = Annotated[
    int,
    BeforeValidator(whole_percent),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
Attempt = Annotated[int, Field(strict=True, ge=1, le=MAX_INTEGER)]
Sequence = Annotated[int, Field(strict=True, ge=0, le=MAX_SEQUENCE)]
Url = Annotated[str, AfterValidator(link)]
Details = Annotated[dict[str, Any], AfterValidator(small)]
ErrorText = Annotated[str, seen_text(MAX_ERROR_CHARACTERS)]
Moment = Annotated[
    int | None,
    BeforeValidator(moment),
    WithJsonSchema({"type": ["string", "number", "null"]}),
]
Level = Annotated[str, BeforeValidator(level)]

"""The types of the fields that callers send, each with its limits."""

import json
import math
import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from bot.http.schemas.constraints import Matching, Names, NotBlank, OrInteger, Seen, Whole
from bot.messages.rendering.escaping import URL_CHARACTERS, is_safe_url
from bot.redaction import MASK
from bot.tasks.external_ids import NO_TASK_IDS, TASK_ID
from bot.tasks.updates import MAX_DETAILS_CHARACTERS
from bot.terminal_sequences import strip_sequences

T = TypeVar("T")

#: Told whole in the thread, in parts.
_MAX_ERROR_CHARACTERS = 24_000
#: Printable ASCII: the id is returned in a header and appears in logs.
CORRELATION_ID = "[ -~]{1,128}"
#: Far from what a column holds: a retry adds one to it.
_MAX_ATTEMPT = 1_000_000_000
_MAX_SEQUENCE = 2**63 - 1
#: The end of the year 9999.
_LAST_SECOND = 253_402_300_799
_STATUSES = ("queued", "running", "completed", "failed", "cancelled")
_SPELLINGS = {"in_progress": "running", "canceled": "cancelled"}
#: In seconds the year 5138, in milliseconds 1973.
_MILLISECONDS_FROM = 10**11


def seen_text(limit: int) -> AfterValidator:
    """Keep the first *most* characters of what is seen of a program's text."""
    return AfterValidator(lambda text: strip_sequences(text)[:limit])


def _whole_percent(value: Any) -> int:
    """Return it rounded down, so that only finished work shows 100."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number from 0 to 100")  # noqa: TRY004 - pydantic wants this
    if not 0 <= value <= 100:
        raise ValueError("must be from 0 to 100")
    return math.floor(value)


def _safe_link(value: str) -> str:
    if value.startswith("mailto:") or not is_safe_url(value):
        raise ValueError("must be an http:// or https:// address of at most 3,000 characters")
    return value


def _not_masked(value: str) -> str:
    """Masked, different ids would become one, and their tasks as well."""
    if MASK in value:
        raise ValueError("looks like a secret; use an id that holds none")
    return value


def _small(value: T) -> T:
    if len(json.dumps(value)) > MAX_DETAILS_CHARACTERS:
        raise ValueError(f"must be at most {MAX_DETAILS_CHARACTERS:,} characters of JSON")
    return value


def _moment(value: Any) -> int | None:
    """
    Return the epoch seconds of an ISO 8601 time with offset, or of a number; else None.

    A number that would be far in the future is one of milliseconds.
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{10,16}(?:\.[0-9]{1,9})?", value):
        value = float(value)
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
        return None if at.tzinfo is None else int(at.timestamp())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if value >= _MILLISECONDS_FROM:
        value = value / 1000
    return int(value) if 0 <= value <= _LAST_SECOND else None


def log_level(value: Any) -> str:
    """Return the level's usual name; an unknown level counts as info."""
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


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200), NotBlank(), OrInteger(), Seen()
]
RunnerName = Annotated[Name, Names("runner")]
NewTaskId = Annotated[
    str,
    Matching(
        TASK_ID,
        "must be 1 to 200 printable ASCII characters without spaces and backticks, not . or ..",
        NO_TASK_IDS,
    ),
    AfterValidator(_not_masked),
    OrInteger(),
]
TaskId = Annotated[str, StringConstraints(min_length=1, max_length=200), OrInteger()]
Channel = Annotated[
    str, StringConstraints(min_length=1, max_length=300), NotBlank(), Names("slack-channel")
]
CorrelationId = Annotated[
    str, Matching(CORRELATION_ID, "must be 1 to 128 printable ASCII characters")
]
Timestamp = Annotated[
    str,
    Matching(
        r"[0-9]{1,12}\.[0-9]{1,9}",
        "must be a message's `ts` as Slack says it, like 1700000000.000100",
    ),
]
SentStatus = Annotated[
    Literal["queued", "running", "completed", "failed", "cancelled"],
    BeforeValidator(
        lambda value: _SPELLINGS.get(value, value) if isinstance(value, str) else value
    ),
    WithJsonSchema({"type": "string", "enum": [*_STATUSES, *_SPELLINGS]}),
]
Percent = Annotated[
    int,
    BeforeValidator(_whole_percent),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
AttemptNumber = Annotated[int, Whole(1, _MAX_ATTEMPT)]
Sequence = Annotated[int, Whole(0, _MAX_SEQUENCE)]
Url = Annotated[
    str,
    AfterValidator(_safe_link),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uri",
            "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^/]",
            "maxLength": URL_CHARACTERS,
        }
    ),
]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=500), Names("cursor")]
Details = Annotated[dict[str, Any], AfterValidator(_small)]
Steps = Annotated[list[dict[str, Any]], Field(max_length=50), AfterValidator(_small)]
ErrorText = Annotated[str, seen_text(_MAX_ERROR_CHARACTERS)]
# Whatever is sent: a line without a time that can be read, or of an unknown level, is still a line.
Moment = Annotated[int | None, BeforeValidator(_moment), WithJsonSchema({})]
Level = Annotated[str, BeforeValidator(log_level), WithJsonSchema({})]

"""Field types of requests for messages, templates and senders, each with its limits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)

from bot.http.schemas.constraints import Matching, Names
from bot.ids import USER_ID_PATTERN
from bot.messages.policy import PRIORITIES, QUEUES

_MAX_PRIORITY = 100
_MAX_BODY_CHARACTERS = 200_000
_MAX_FILE_CHARACTERS = 200_000
_AS_TIME = "must be ISO 8601 with offset, e.g. 2026-11-20T09:00:00+01:00"
_CODE_CHARACTERS = "[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"


def priority(value: Any) -> Any:
    """Return the number behind CRITICAL, HIGH, NORMAL or LOW; numbers from 1 to 100 as they are."""
    if isinstance(value, str) and value.upper() in PRIORITIES:
        return PRIORITIES[value.upper()]
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 1.0 is a whole number in JSON.
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MAX_PRIORITY:
        return value
    raise ValueError(f"must be one of {', '.join(PRIORITIES)}, or a number from 1 to 100")


def _any_case(words: Iterable[str]) -> str:
    """Return the pattern of these words in capital or small letters."""
    letters = ("".join(f"[{one.upper()}{one.lower()}]" for one in word) for word in words)
    return f"^({'|'.join(letters)})$"


def queue(value: str) -> str:
    if value not in QUEUES:
        raise ValueError(f"must be one of {', '.join(QUEUES)}")
    return value


def source(value: Any) -> str | dict[str, Any] | list[Any]:
    """Take a template as text, or as the JSON that it is."""
    if isinstance(value, dict | list):
        return value
    if not isinstance(value, str):
        raise ValueError("must be the template as text, an object or a list")  # noqa: TRY004
    if not 0 < len(value) <= _MAX_BODY_CHARACTERS:
        raise ValueError(f"must be 1 to {_MAX_BODY_CHARACTERS:,} characters")
    return value


def _why_no_time(error: ValueError) -> str:
    """Return what of a well-formed time cannot be, such as February 30."""
    if "isoformat" in str(error):
        return ""
    return f"; {'an offset is below 24 hours' if 'timedelta' in str(error) else error}"


def _scheduled_moment(value: Any) -> Any:
    """Take ISO 8601 text only: a bare number would be read as a time by mistake."""
    if not isinstance(value, str):
        raise ValueError(_AS_TIME)  # noqa: TRY004
    try:
        at = datetime.fromisoformat(value.upper())  # RFC 3339 allows `t` and `z`.
    except ValueError as error:
        raise ValueError(f"{_AS_TIME}{_why_no_time(error)}") from None
    if at.tzinfo is None:
        raise ValueError("needs an offset, e.g. +01:00 or Z: nobody knows whose clock is meant")
    return at


Code = Annotated[
    str,
    Matching(
        _CODE_CHARACTERS, "must be 1 to 100 letters, digits and . _ : - (first a letter or digit)"
    ),
]
TemplateCode = Annotated[Code, Names("template-code")]
SenderCode = Annotated[Code, Names("sender-code")]
Priority = Annotated[
    int,
    BeforeValidator(priority),
    WithJsonSchema(
        {
            "anyOf": [
                # In whatever letters.
                {"type": "string", "pattern": _any_case(PRIORITIES)},
                {"type": "integer", "minimum": 1, "maximum": _MAX_PRIORITY},
            ]
        }
    ),
]
QueueName = Annotated[
    str, AfterValidator(queue), WithJsonSchema({"type": "string", "enum": list(QUEUES)})
]
ScheduledMoment = Annotated[
    AwareDatetime,
    BeforeValidator(_scheduled_moment),
    WithJsonSchema({"type": "string", "format": "future-date-time"}),
]
Person = Annotated[
    str, Matching(USER_ID_PATTERN[1:-1], "must be the id of a member, like U0123456789")
]
FileName = Annotated[
    str,
    Matching(
        r"[^/\\\x00-\x1f\x7f]{1,200}",
        "must be 1 to 200 characters without slashes, like report.csv",
    ),
    # One name of each file of a message, which no pattern can say.
    Names("file-name"),
]
FileContent = Annotated[str, StringConstraints(min_length=1, max_length=_MAX_FILE_CHARACTERS)]
MessageSource = Annotated[
    str | dict[str, Any] | list[Any],
    PlainValidator(source),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": _MAX_BODY_CHARACTERS},
                {"type": "object"},
                {"type": "array"},
            ]
        }
    ),
]

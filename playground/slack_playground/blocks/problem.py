"""
What is wrong with a payload, in the words and codes of Slack.

The wording and the codes are those of Slack's own schema library, which
stands behind both `invalid_blocks` and `blocks.validate`:
https://github.com/slackhq/hack-json-schema
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Codes that are the error of the whole API call. Every other code is one of
# `missing_field`, `invalid_type` and `failed_constraint`, which the Web API
# reports together as `invalid_blocks` (chat.*) or `invalid_arguments` (views.*).
API_ERRORS = frozenset(
    {
        "invalid_metadata_format",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "no_text",
        "only_one_table_allowed",
        "too_many_attachments",
        "view_too_large",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One reason why Slack would refuse a payload.

    `pointer` is a JSON pointer inside the validated value; `field` names the
    field a `missing_field` misses; `constraint` is what `blocks.validate`
    answers: `{"type": …, "expected": …, "got": …}`.
    """

    pointer: str
    code: str
    message: str
    field: str | None = None
    constraint: dict[str, Any] | None = None


def missing(pointer: str, field: str) -> Problem:
    return Problem(pointer, "missing_field", f"missing required field: {field}", field=field)


def unexpected(pointer: str, field: str) -> Problem:
    return failed(
        pointer, f"invalid additional property: {field}", "additional_properties", got=field
    )


def wrong_type(pointer: str, wanted: str) -> Problem:
    """`wanted` completes the sentence "must …", e.g. "provide a string"."""
    return Problem(pointer, "invalid_type", f"must {wanted}")


def unsupported_type(pointer: str, got: object, expected: Mapping[str, object]) -> Problem:
    return failed(
        f"{pointer}/type", f"unsupported type: {got}", "enum", expected=list(expected), got=got
    )


def too_long(pointer: str, most: int, got: int) -> Problem:
    return failed(
        pointer, f"must be less than {most + 1} characters", "max_length", expected=most, got=got
    )


def too_short(pointer: str, least: int, got: int) -> Problem:
    return failed(
        pointer, f"must be more than {least - 1} characters", "min_length", expected=least, got=got
    )


def too_many(pointer: str, most: int, got: int) -> Problem:
    return failed(
        pointer, f"no more than {most} items allowed", "max_items", expected=most, got=got
    )


def too_few(pointer: str, least: int, got: int) -> Problem:
    return failed(
        pointer, f"must provide at least {least} items", "min_items", expected=least, got=got
    )


def failed(pointer: str, message: str, kind: str, **details: object) -> Problem:
    """A broken constraint; `details` are its `expected` and `got`."""
    return Problem(pointer, "failed_constraint", message, constraint={"type": kind, **details})

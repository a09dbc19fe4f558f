"""A task's payload as text to edit, and back. Pure."""

import json
from typing import Any

from bot.errors import FieldProblem, InvalidError
from bot.messages.rendering.escaping import clean
from bot.messages.rendering.truncation import units
from bot.strict_json import STRICT

#: What a plain_text_input takes. https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
INPUT_CHARACTERS = 3_000
_FIELD = "payload"


def payload_text(payload: Any) -> str | None:
    """Return *payload* as JSON to edit, indented if that fits, or None if it is too long."""
    if payload is None:
        return ""
    for indent in (2, None):
        written = json.dumps(payload, indent=indent, ensure_ascii=False)
        if clean(written) != written:  # Characters that Slack would not give back.
            written = json.dumps(payload, indent=indent)
        if units(written) <= INPUT_CHARACTERS:
            return written
    return None


def read_payload(written: str | None) -> Any:
    """
    Return what a person wrote, or None where they wrote nothing.

    Raises `InvalidError` for the field `payload`, with line and column.
    """
    if not written or not written.strip():
        return None
    try:
        return STRICT.decode(_straight(written))
    except json.JSONDecodeError as error:
        words = f"Not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise InvalidError(words, [FieldProblem(_FIELD, words)]) from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        words = f"Not valid JSON: {reason}."
        raise InvalidError(words, [FieldProblem(_FIELD, words)]) from error


def _straight(written: str) -> str:
    """Undo the quotation marks of a phone if the text is not JSON as it stands."""
    try:
        json.loads(written)
    except (ValueError, RecursionError):
        return written.translate(str.maketrans("“”„", '"""')).replace("\u00a0", " ")
    return written

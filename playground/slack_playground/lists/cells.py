"""What may stand in a cell, and how Slack answers it."""

import json
import re
from collections.abc import Callable, Container
from datetime import date
from typing import Any

from slack_playground.blocks.fitting import fits
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.errors import SlackError
from slack_playground.lists.columns import CELL_FIELDS, UNEDITABLE
from slack_playground.state import Record, State

_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[\d ()./-]{3,40}", re.ASCII)
_MOST_VALUES = 100
# The fields of a cell that hold one value and no list of them.
_SINGLE = frozenset({"checkbox"})


def read_cell(state: State, column: Record, sent: Record) -> Record:
    """Return the field of an item that a cell becomes; raise the SlackError it deserves."""
    kind = column["type"]
    if kind in UNEDITABLE:
        raise SlackError("uneditable_column")
    name = CELL_FIELDS[kind]
    if name not in sent:
        raise SlackError("invalid_input_type")
    values = sent[name] if isinstance(sent[name], list) else [sent[name]]
    if name in _SINGLE and len(values) != 1:
        raise SlackError("invalid_input_type")
    if len(values) > _MOST_VALUES:
        raise SlackError("over_cell_fields_limit")
    for one in values:
        error = _wrong(state, column, name, one)
        if error is not None:
            raise SlackError(error)
    return {
        "key": column["key"],
        "column_id": column["id"],
        "value": _value(name, values),
        "text": _text(name, values),
        name: values[0] if name in _SINGLE else values,
    }


def _wrong(state: State, column: Record, name: str, value: Any) -> str | None:
    if name == "select":
        return None if value in _options(column) else "invalid_option_id"
    check, error = _CHECKS.get(name, _ANYTHING)
    return None if check(state, value) else error


def _options(column: Record) -> list[str]:
    return [str(one.get("value")) for one in column["options"]["choices"] if isinstance(one, dict)]


def _is_day(_: State, value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_number(_: State, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_in(known: Container[str], value: Any) -> bool:
    return isinstance(value, str) and value in known


def _matches(pattern: re.Pattern[str]) -> Callable[[State, Any], bool]:
    return lambda _, value: isinstance(value, str) and pattern.fullmatch(value) is not None


_ANYTHING: tuple[Callable[[State, Any], bool], str] = (lambda _, __: True, "invalid_input_type")
_CHECKS: dict[str, tuple[Callable[[State, Any], bool], str]] = {
    "rich_text": (lambda _, value: fits(RICH_TEXT.shape, value), "invalid_blocks"),
    "number": (_is_number, "invalid_input_type"),
    "rating": (_is_number, "invalid_input_type"),
    "checkbox": (lambda _, value: isinstance(value, bool), "invalid_input_type"),
    "date": (_is_day, "invalid_date"),
    "user": (lambda state, value: _is_in(state.users, value), "user_not_found"),
    "channel": (lambda state, value: _is_in(state.channels, value), "channel_not_found"),
    "attachment": (lambda state, value: _is_in(state.files, value), "file_not_found"),
    "email": (_matches(_MAIL), "invalid_email"),
    "phone": (_matches(_PHONE), "invalid_phone_number"),
}


def _value(name: str, values: list[Any]) -> Any:
    """Return the older of the two ways in which Slack answers a cell."""
    if name == "rich_text":
        return json.dumps(values)
    return values[0] if len(values) == 1 else ",".join(str(one) for one in values)


def _text(name: str, values: list[Any]) -> str:
    if name == "rich_text":
        return "".join(_words(one) for one in values)
    return ", ".join(str(one) for one in values)


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "".join(_words(one) for one in value)
    if not isinstance(value, dict):
        return ""
    own = value.get("text")
    return own if isinstance(own, str) else _words(value.get("elements"))

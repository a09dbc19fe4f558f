"""
A message's row as the sum of its events. Pure.

Each event stores in `change` what it set in the row; applied in order, the changes give the row.
Two things are left out: the columns that only say who is calling Slack right now, and the kind of
waiting state, because a lane moves messages between those without an event.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlmodel import SQLModel

from bot.messages.models import EventName, Message, MessageState

#: Who is calling Slack at present; it ends with the process.
LEASE_FIELDS = frozenset({"claimed_revision", "claimed_at"})
COLUMNS = tuple(name for name in Message.model_fields if name not in LEASE_FIELDS)
#: What a lane tells apart and an event does not.
OPEN = frozenset(
    {
        MessageState.WAITING,
        MessageState.DELAYED,
        MessageState.BLOCKED,
        MessageState.SENDING,
        MessageState.SUSPENDED,
    }
)
_OPEN_STATE = "open"
CONTEXT = "context"
#: In `change`: a context as the difference from the one before, by its top-level names.
SET, GONE = "context_set", "context_gone"

_ABSENT = object()

Row = Mapping[str, Any]


def encode(value: Any) -> Any:
    """Return a column's value as JSON keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.value if isinstance(value, Enum) else value


def snapshot(message: Message) -> dict[str, Any]:
    """Return the columns of a row as they are now; the context by reference."""
    return {name: getattr(message, name) for name in COLUMNS}


def made(row: Row) -> dict[str, Any]:
    """Return the change of a new row: whatever is not its column's default."""
    change = {}
    for name, default in _DEFAULT_OF:
        value = row.get(name, default)
        if value != default:  # An enum's member equals its value, and no default is a time.
            change[name] = encode(value)
    return change


def first_event(row: Row, now: datetime, **detail: Any) -> dict[str, Any]:
    """Return the row of a message's first event: who asked for what, and where."""
    asked = {
        "channel": row["channel"],
        "thread_ts": row["thread_ts"],
        "parent_id": row["parent_id"],
        "template": row["template"],
        "sender": row["sender"],
        "by": row["requested_by"],
        "queue": row["queue"],
        "scheduled_at": encode(row["scheduled_at"]),
        **detail,
    }
    return {
        "message_id": row["id"],
        "name": EventName.REQUESTED,
        "at": now,
        "revision": row["revision"],
        "attempt": 0,
        "detail": {name: value for name, value in asked.items() if value is not None},
        "change": made(row),
    }


def changed(before: Row, after: Row) -> dict[str, Any]:
    """
    Return the change from one row to another; names that *after* lacks stay as they are.

    What *before* lacks counts as changed.
    """
    change = {
        name: encode(value)
        for name, value in after.items()
        if name != CONTEXT and before.get(name, _ABSENT) != value
    }
    if CONTEXT in after and after[CONTEXT] != before[CONTEXT]:
        change |= difference(before[CONTEXT], after[CONTEXT])
    return change


def difference(before: Row, after: Row) -> dict[str, Any]:
    """
    Return the keys that were added and removed in a context; contexts are most of all event data.
    """
    found: dict[str, Any] = {}
    fresh = {key: value for key, value in after.items() if before.get(key, _ABSENT) != value}
    gone = [key for key in before if key not in after]
    if fresh:
        found[SET] = fresh
    if gone:
        found[GONE] = gone
    return found


def rebuilt_row(changes: Iterable[Row]) -> dict[str, Any] | None:
    """Return the row that these changes made, encoded; None if its beginning is not among them."""
    row: dict[str, Any] | None = None
    for change in changes:
        if row is None:
            if "id" not in change:
                return None
            row = {**DEFAULTS, CONTEXT: {}, **change}
            continue
        context = {**row[CONTEXT], **change.get(SET, {})}
        gone = set(change.get(GONE, ()))
        row |= {name: value for name, value in change.items() if name in COLUMNS}
        row[CONTEXT] = {key: value for key, value in context.items() if key not in gone}
    return row


def comparable(row: Row) -> dict[str, Any]:
    """Return a row, stored or rebuilt, so that equal rows are equal."""
    encoded = {name: encode(row[name]) for name in COLUMNS}
    if encoded["state"] in OPEN:
        encoded["state"] = _OPEN_STATE
    return encoded


def _column_defaults(table: type[SQLModel]) -> dict[str, Any]:
    """Return the encoded default of every column that has one."""
    return {
        name: encode(field.default)
        for name, field in table.model_fields.items()
        if not field.is_required() and field.default_factory is None
    }


DEFAULTS = {
    name: value for name, value in _column_defaults(Message).items() if name not in LEASE_FIELDS
}
_DEFAULT_OF = [(name, DEFAULTS.get(name, _ABSENT)) for name in COLUMNS]

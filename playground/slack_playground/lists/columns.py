"""
The columns of a List: their types, and what their cells take.

https://docs.slack.dev/reference/methods/slackLists.create has the types.
"""

from typing import Any

from slack_playground.errors import SlackError
from slack_playground.state import Record, State

# Type of a column → the field of a cell that its values stand in.
CELL_FIELDS = {
    "text": "rich_text",
    "rich_text": "rich_text",
    "message": "message",
    "number": "number",
    "select": "select",
    "multi_select": "select",
    "date": "date",
    "user": "user",
    "channel": "channel",
    "attachment": "attachment",
    "checkbox": "checkbox",
    "email": "email",
    "phone": "phone",
    "link": "link",
    "rating": "rating",
    "timestamp": "timestamp",
    "vote": "vote",
    "reference": "reference",
    "canvas": "canvas",
    "todo_completed": "checkbox",
    "todo_assignee": "user",
    "todo_due_date": "date",
}
# Slack fills these in by itself.
UNEDITABLE = frozenset(
    {"created_by", "last_edited_by", "created_time", "last_edited_time", "autonumber"}
)
_TODO = (
    ("todo_completed", "Completed"),
    ("todo_assignee", "Assignee"),
    ("todo_due_date", "Due Date"),
)


def read_columns(state: State, schema: Any) -> list[Record]:
    """Return the columns of a schema with ids of their own; raise the SlackError it deserves."""
    if not schema:
        schema = [{"key": "name", "name": "Name", "type": "text", "is_primary_column": True}]
    if not isinstance(schema, list):
        raise SlackError("invalid_schema")
    columns = [_column(state, one) for one in schema]
    keys = {one["key"] for one in columns}
    if len(keys) < len(columns):
        raise SlackError("invalid_schema")
    primary = [one for one in columns if one.get("is_primary_column")]
    if len(primary) != 1 or primary[0]["type"] != "text":
        raise SlackError("invalid_primary_column")
    return columns


def todo_columns(state: State) -> list[Record]:
    """Return the three columns of a List that tracks tasks."""
    return [
        {"id": state.next_id("Col"), "key": kind, "name": name, "type": kind}
        for kind, name in _TODO
    ]


def _column(state: State, one: Any) -> Record:
    if not isinstance(one, dict) or not all(
        isinstance(one.get(name), str) and one[name] for name in ("key", "name", "type")
    ):
        raise SlackError("invalid_schema")
    if one["type"] not in CELL_FIELDS and one["type"] not in UNEDITABLE:
        raise SlackError("invalid_column_type")
    options = one.get("options")
    choices = options.get("choices") if isinstance(options, dict) else None
    if one["type"].endswith("select") and not isinstance(choices, list):
        raise SlackError("invalid_schema")
    return {**one, "id": state.next_id("Col")}

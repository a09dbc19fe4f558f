"""
What people have filled in: the `state.values` of views and messages.

The fields per element are those of https://docs.slack.dev/reference/views.
"""

from typing import Any

from slack_playground.blocks.interactive import elements_in
from slack_playground.state import Record

# Per kind of element: the field its value stands in and the one it starts from.
FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "files"),
}
#: The kinds whose value is a list.
LISTS = frozenset(kind for kind, (name, _) in FIELDS.items() if name.endswith("s"))

Values = dict[str, Record]


def starting_values(blocks: list[Record], kept: Values | None = None) -> Values:
    """
    Return the values of freshly drawn blocks.

    A value in `kept` stays if an element with the same block_id and action_id
    still stands there and is of the same kind.
    """
    values: Values = {}
    for block, element in elements_in(blocks):
        kind = element["type"]
        if kind not in FIELDS:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        before = (kept or {}).get(block_id, {}).get(action_id)
        if before is None or before.get("type") != kind:
            field, initial = FIELDS[kind]
            empty: Any = [] if kind in LISTS else None
            before = {"type": kind, field: element.get(initial, empty)}
        values.setdefault(block_id, {})[action_id] = before
    return values


def merged(values: Values, filled: Values) -> Values:
    """Return `values` with what a person filled in, unknown ids left out."""
    return {
        block_id: {
            action_id: _filled_in(value, filled.get(block_id, {}).get(action_id))
            for action_id, value in actions.items()
        }
        for block_id, actions in values.items()
    }


def _filled_in(value: Record, filled: Record | None) -> Record:
    if filled is None:
        return value
    field = FIELDS[value["type"]][0]
    return {"type": value["type"], field: filled.get(field, value[field])}

"""
What people have filled in: the `state.values` of views and messages.

The fields per element are those of https://docs.slack.dev/reference/views.
"""

from typing import Any

from slack_playground.blocks.interactive import blocks_with_nested, elements_in
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
_LISTS = frozenset(kind for kind, (name, _) in FIELDS.items() if name.endswith("s"))

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
            empty: Any = [] if kind in _LISTS else None
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


def refused_inputs(blocks: list[Record], values: Values) -> dict[str, str]:
    """Return what Slack's own client says about inputs, per block_id, before it submits."""
    errors = {}
    for block in blocks_with_nested(blocks):
        if block["type"] != "input":
            continue
        element = block["element"]
        value = values.get(block["block_id"], {}).get(element["action_id"], {})
        said = value.get(FIELDS.get(element["type"], ("value", ""))[0])
        error = _refusal(block, element, said)
        if error is not None:
            errors[block["block_id"]] = error
    return errors


def _filled_in(value: Record, filled: Record | None) -> Record:
    if filled is None:
        return value
    field = FIELDS[value["type"]][0]
    return {"type": value["type"], field: filled.get(field, value[field])}


def _refusal(block: Record, element: Record, said: Any) -> str | None:
    if said in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    if element["type"] == "number_input":
        return _refused_number(element, said)
    if element["type"] == "plain_text_input":
        return _refused_length(element, said)
    if element["type"] == "file_input":
        return _refused_files(element, said)
    return None


def _refused_length(element: Record, said: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(said) < least:
        return f"Must be at least {least} characters."
    return f"Must be at most {most} characters." if len(said) > most else None


def _refused_files(element: Record, said: list[Record]) -> str | None:
    most, kinds = element.get("max_files", 10), element.get("filetypes")
    if len(said) > most:
        return f"Choose at most {most} files."
    if kinds and any(file["filetype"] not in kinds for file in said):
        return f"Choose files of these types: {', '.join(kinds)}."
    return None


def _refused_number(element: Record, said: str) -> str | None:
    try:
        number = float(said)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if number < float(element.get("min_value", number)):
        return f"Must be at least {element['min_value']}."
    if number > float(element.get("max_value", number)):
        return f"Must be at most {element['max_value']}."
    return None

"""Plain values turned into what a person picks or types, for tests."""

from typing import Any

from slack_playground.blocks.interactive import elements_in
from slack_playground.state import Channel, Record, State, User
from slack_playground.views.inputs import FIELDS, Values

_THUMBS = ("positive_button", "negative_button")


def named_element(blocks: list[Record], what: str) -> tuple[Record, Record]:
    """
    Return the first element called `what`, and its block: see `Playground.click`.

    Feedback buttons go by the label of either.
    """
    found = list(elements_in(blocks))
    for block, element in found:
        block_id, action_id = block["block_id"], element["action_id"]
        if what in (action_id, block_id, f"{block_id}/{action_id}", *_labels(element)):
            return block, element
    known = sorted({name for _, one in found for name in (one["action_id"], *_labels(one)) if name})
    raise LookupError(f"There is no {what!r} here, only {', '.join(known) or 'nothing'}.")


def pressed(element: Record, what: str, chosen: Any) -> Any:
    """Return what a click chose: of feedback buttons, the one whose label was clicked."""
    if chosen is None:
        for name in _THUMBS:
            if name in element and label(element[name]) == what:
                return element[name]["value"]
    return chosen


def label(element: Record) -> str:
    text = element.get("text")
    return str(text.get("text", "")) if isinstance(text, dict) else ""


def _labels(element: Record) -> list[str]:
    return [label(element), *(label(element[name]) for name in _THUMBS if name in element)]


def choice(state: State, element: Record, chosen: Any) -> Record:
    """
    Return the field of an action or a value in which `chosen` stands.

    People and places go by id or name. Raises LookupError for what is not there to choose.
    """
    if chosen is None:
        return {}
    if isinstance(chosen, dict) and "value" not in chosen:
        return chosen
    kind = element["type"]
    field = {"overflow": "selected_option", "feedback_buttons": "value"}.get(kind)
    field = field or FIELDS[kind][0]
    if field == "selected_option":
        return {field: _option(element, chosen)}
    if field == "selected_options":
        return {field: [_option(element, one) for one in chosen]}
    if isinstance(chosen, list):
        return {field: [_named(state, kind, one) for one in chosen]}
    return {field: _named(state, kind, chosen)}


def filled_in(state: State, blocks: list[Record], values: dict[str, Any]) -> Values:
    """Return `state.values` for plain values by block_id or action_id."""
    filled: Values = {}
    for name, chosen in values.items():
        # Slack's own spelling has an element's value at each name; an option has texts.
        if isinstance(chosen, dict) and all(isinstance(one, dict) for one in chosen.values()):
            filled[name] = chosen
            continue
        block, element = named_element(blocks, name)
        block_values = filled.setdefault(block["block_id"], {})
        block_values[element["action_id"]] = {
            "type": element["type"],
            **choice(state, element, chosen),
        }
    return filled


def _named(state: State, kind: str, chosen: Any) -> Any:
    """Return what a picker or an input sends for a plain value."""
    if kind.endswith("users_select"):
        return _found(state.user(chosen), "nobody called", chosen)
    if kind.endswith(("channels_select", "conversations_select")):
        return _found(state.channel(chosen), "no conversation", chosen)
    if kind == "rich_text_input" and isinstance(chosen, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": chosen}]}
        return {"type": "rich_text", "elements": [section]}
    is_text = FIELDS.get(kind, ("value", ""))[0] == "value"
    return str(chosen) if is_text else chosen


def _found(known: User | Channel | None, words: str, chosen: Any) -> str:
    if known is None:
        raise LookupError(f"There is {words} {chosen!r}.")
    return known.id


def _option(element: Record, chosen: Any) -> Record:
    """Return the option with this value or label; external menus take a whole option."""
    if isinstance(chosen, dict):
        return chosen
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    for option in options:
        if chosen in (option.get("value"), option["text"]["text"]):
            found: Record = option
            return found
    known = ", ".join(str(option.get("value")) for option in options)
    raise LookupError(f"There is no option {chosen!r} here, only {known}.")

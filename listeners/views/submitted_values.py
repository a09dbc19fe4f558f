"""The values entered in a modal, by field name. Pure."""

from typing import Any


def filled(view: dict[str, Any]) -> dict[str, str | None]:
    """Return the values of text inputs, selects and times; None for an empty field."""
    found: dict[str, str | None] = {}
    for field, actions in view["state"]["values"].items():
        for value in actions.values():
            option = value.get("selected_option") or {}
            chosen = (
                option.get("value")
                or value.get("selected_conversation")
                or value.get("selected_time")
            )
            found[field] = chosen or (value.get("value") or "").strip() or None
    return found

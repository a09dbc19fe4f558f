"""What a person filled into a modal, by the names of its fields. Pure."""

from typing import Any


def filled(view: dict[str, Any]) -> dict[str, str | None]:
    """Return the values of texts and selects; None where nothing was filled in."""
    found: dict[str, str | None] = {}
    for field, actions in view["state"]["values"].items():
        for value in actions.values():
            option = value.get("selected_option") or {}
            chosen = option.get("value") or value.get("selected_conversation")
            found[field] = chosen or (value.get("value") or "").strip() or None
    return found

"""The button *Case file* of a modal. Pure."""

from typing import Any


def case_file_button(key: str) -> dict[str, Any]:
    """Return a block with the button; *key* is the id of a task, an alert or a message."""
    button = {
        "type": "button",
        "action_id": "case_file",
        "value": key,
        "text": {"type": "plain_text", "text": "Case file"},
        "accessibility_label": "Send me everything about this as a zip",
    }
    return {"type": "actions", "elements": [button]}

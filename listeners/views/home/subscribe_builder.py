"""The modal in which a person subscribes to ends of tasks. Pure."""

from typing import Any

SUBSCRIBE = "subscribe"
EVERY_END, FAILURES = "every_end", "failures"


def build_subscribe() -> dict[str, Any]:
    """Return the modal."""
    options = [
        {"text": {"type": "plain_text", "text": label}, "value": value}
        for label, value in (("Failures", FAILURES), ("Every end", EVERY_END))
    ]
    pattern = {
        "type": "plain_text_input",
        "action_id": "pattern",
        "max_length": 200,
        "placeholder": {"type": "plain_text", "text": "nightly-*"},
    }
    which = {
        "type": "radio_buttons",
        "action_id": "which",
        "options": options,
        "initial_option": options[0],
    }
    return {
        "type": "modal",
        "callback_id": SUBSCRIBE,
        "title": {"type": "plain_text", "text": "Subscribe"},
        "submit": {"type": "plain_text", "text": "Subscribe"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            _subscribe_input("pattern", "Kinds of tasks; * stands for any characters", pattern),
            _subscribe_input("which", "Tell me of", which),
        ],
    }


def _subscribe_input(field: str, label: str, element: dict[str, Any]) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": field, "label": text, "element": element}

"""The modal of the shortcut *Run a task*."""

from collections.abc import Sequence
from typing import Any

from bot.messages.rendering.truncation import OPTION_VALUE_CHARACTERS, cut, units
from listeners.views.payload_text import INPUT_CHARACTERS
from listeners.views.retry_task_builder import plain

CALLBACK_ID = "run_task_form"
MOST_KINDS = 100
OPTION_CHARACTERS = 75
NAME_CHARACTERS = 200


def build_run_task(kinds: Sequence[str]) -> dict[str, Any]:
    """Return the modal; with no known *kinds* the kind is typed."""
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain("Run a task"),
        "submit": plain("Run"),
        "close": plain("Close"),
        "blocks": [
            field("kind", "Kind", kind_element(kinds)),
            field("subject", "Subject", typed(NAME_CHARACTERS), "What or whom the task is for."),
            field("channel", "Channel", channel_element()),
            field(
                "payload",
                "Payload",
                typed(INPUT_CHARACTERS, multiline=True),
                "JSON for the runner.",
            ),
        ],
    }


def field(name: str, label: str, element: dict[str, Any], hint: str = "") -> dict[str, Any]:
    """Return an input whose block_id is the name of its field; with a hint it is optional."""
    block = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {**element, "action_id": name},
    }
    return {**block, "optional": True, "hint": plain(hint)} if hint else block


def kind_element(kinds: Sequence[str]) -> dict[str, Any]:
    fitting = [
        one for one in dict.fromkeys(kinds) if one.strip() and units(one) <= OPTION_VALUE_CHARACTERS
    ]
    if not fitting:
        return typed(NAME_CHARACTERS)
    return {
        "type": "static_select",
        "placeholder": plain("Choose a kind"),
        "options": [
            {"text": plain(cut(one, OPTION_CHARACTERS)), "value": one}
            for one in fitting[:MOST_KINDS]
        ],
    }


def channel_element() -> dict[str, Any]:
    return {
        "type": "conversations_select",
        "placeholder": plain("Choose a channel"),
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im"], "exclude_bot_users": False},
    }


def typed(most: int, *, multiline: bool = False) -> dict[str, Any]:
    return {"type": "plain_text_input", "max_length": most, "multiline": multiline}

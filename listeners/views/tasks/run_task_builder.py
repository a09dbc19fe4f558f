"""The modal of the shortcut *Run a task*."""

from collections.abc import Sequence
from typing import Any

from bot.messages.rendering.truncation import OPTION_VALUE_CHARACTERS, truncate, units
from listeners.views.payload_text import INPUT_CHARACTERS
from listeners.views.tasks.retry_task_builder import plain_text_object

RUN_TASK = "run_task_form"
_MAX_KINDS = 100
_OPTION_CHARACTERS = 75
_FIELD_CHARACTERS = 200


def build_run_task(kinds: Sequence[str]) -> dict[str, Any]:
    """Return the modal; without *kinds* to choose from, the kind is a text input."""
    return {
        "type": "modal",
        "callback_id": RUN_TASK,
        "title": plain_text_object("Run a task"),
        "submit": plain_text_object("Run"),
        "close": plain_text_object("Close"),
        "blocks": [
            field("kind", "Kind", _kind_element(kinds)),
            field(
                "subject",
                "Subject",
                _typed_values(_FIELD_CHARACTERS),
                "What or whom the task is for.",
            ),
            field("channel", "Channel", _channel_element()),
            field(
                "payload",
                "Payload",
                _typed_values(INPUT_CHARACTERS, multiline=True),
                "JSON for the runner.",
            ),
        ],
    }


def field(name: str, label: str, element: dict[str, Any], hint: str = "") -> dict[str, Any]:
    """Return an input block named after its field; one with a hint is optional."""
    block = {
        "type": "input",
        "block_id": name,
        "label": plain_text_object(label),
        "element": {**element, "action_id": name},
    }
    return {**block, "optional": True, "hint": plain_text_object(hint)} if hint else block


def _kind_element(kinds: Sequence[str]) -> dict[str, Any]:
    fitting = [
        one for one in dict.fromkeys(kinds) if one.strip() and units(one) <= OPTION_VALUE_CHARACTERS
    ]
    if not fitting:
        return _typed_values(_FIELD_CHARACTERS)
    return {
        "type": "static_select",
        "placeholder": plain_text_object("Choose a kind"),
        "options": [
            {"text": plain_text_object(truncate(one, _OPTION_CHARACTERS)), "value": one}
            for one in fitting[:_MAX_KINDS]
        ],
    }


def _channel_element() -> dict[str, Any]:
    return {
        "type": "conversations_select",
        "placeholder": plain_text_object("Choose a channel"),
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im"], "exclude_bot_users": False},
    }


def _typed_values(limit: int, *, multiline: bool = False) -> dict[str, Any]:
    return {"type": "plain_text_input", "max_length": limit, "multiline": multiline}

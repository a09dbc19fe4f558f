"""The modal behind a task's Retry button."""

import json
from typing import Any

from bot.messages.rendering.escaping import clean
from bot.messages.rendering.truncation import truncate
from bot.tasks.models import Task
from listeners.views.payload_text import INPUT_CHARACTERS, payload_text
from listeners.views.tasks.task_words import face, name

RETRY_TASK = "retry_task"
RETRY_TITLE = "Retry task"
_SUMMARY_CHARACTERS = 600
_REASON_CHARACTERS = 300


def build_retry_task(task: Task) -> dict[str, Any]:
    """Return the modal; it shows names, errors and payload literally."""
    written = payload_text(task.payload)
    return {
        "type": "modal",
        "callback_id": RETRY_TASK,
        "private_metadata": json.dumps({"task_id": task.id, "attempt": task.attempt}),
        "title": plain_text_object(RETRY_TITLE),
        "submit": plain_text_object("Retry"),
        "close": plain_text_object("Close"),
        "blocks": [
            {"type": "section", "text": plain_text_object(truncate(name(task), 500))},
            {"type": "context", "elements": [plain_text_object(_attempt_blocks(task))]},
            _too_large() if written is None else _payload_input(written),
            _reason_input(),
        ],
    }


def _attempt_blocks(task: Task) -> str:
    """Say how the last attempt ended and which one comes next."""
    error = f", {clean(task.error).strip()}" if task.error else ""
    ended = truncate(f"Attempt {task.attempt}: {face(task)}{error}", _SUMMARY_CHARACTERS)
    return f"{ended}\nThis starts attempt {task.attempt + 1}."


def _payload_input(written: str) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "payload",
        "multiline": True,
        "max_length": INPUT_CHARACTERS,
    }
    if written:
        element["initial_value"] = written
    return {
        "type": "input",
        "block_id": "payload",
        "optional": True,
        "label": plain_text_object("Payload"),
        "hint": plain_text_object(
            "JSON for the runner. Leave it empty to keep the payload as it is."
        ),
        "element": element,
    }


def _too_large() -> dict[str, Any]:
    words = "The payload is too large to edit here. The new attempt will use it unchanged."
    return {"type": "context", "elements": [plain_text_object(words)]}


def _reason_input() -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": "reason",
        "optional": True,
        "label": plain_text_object("Reason"),
        "hint": plain_text_object("Stored with the task."),
        "element": {
            "type": "plain_text_input",
            "action_id": "reason",
            "max_length": _REASON_CHARACTERS,
        },
    }


def plain_text_object(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}

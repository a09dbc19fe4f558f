"""The modal behind a task's Retry button."""

import json
from typing import Any

from bot.messages.rendering.escaping import clean
from bot.messages.rendering.truncation import cut
from bot.tasks.models import Task
from listeners.views.payload_text import INPUT_CHARACTERS, payload_text
from listeners.views.task_words import face, name

CALLBACK_ID = "retry_task"
TITLE = "Retry task"
ERROR_CHARACTERS = 600
REASON_CHARACTERS = 300


def build_retry_task(task: Task) -> dict[str, Any]:
    """Return the modal; names, errors and payload stand in it literally."""
    written = payload_text(task.payload)
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": json.dumps({"task_id": task.id, "attempt": task.attempt}),
        "title": plain(TITLE),
        "submit": plain("Retry"),
        "close": plain("Close"),
        "blocks": [
            {"type": "section", "text": plain(cut(name(task), 500))},
            {"type": "context", "elements": [plain(story(task))]},
            too_large() if written is None else payload_input(written),
            reason_input(),
        ],
    }


def story(task: Task) -> str:
    """Say which attempt ended how, and which comes next."""
    error = f", {clean(task.error).strip()}" if task.error else ""
    ended = cut(f"Attempt {task.attempt}: {face(task)}{error}", ERROR_CHARACTERS)
    return f"{ended}\nThis starts attempt {task.attempt + 1}."


def payload_input(written: str) -> dict[str, Any]:
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
        "label": plain("Payload"),
        "hint": plain("JSON for the runner. Leave it empty to keep the payload as it is."),
        "element": element,
    }


def too_large() -> dict[str, Any]:
    words = "The payload is too large to edit here. The new attempt will use it unchanged."
    return {"type": "context", "elements": [plain(words)]}


def reason_input() -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": "reason",
        "optional": True,
        "label": plain("Reason"),
        "hint": plain("Stored with the task."),
        "element": {
            "type": "plain_text_input",
            "action_id": "reason",
            "max_length": REASON_CHARACTERS,
        },
    }


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}

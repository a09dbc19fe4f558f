"""Make the steps of a `plan` block, and single `task_card` blocks, acceptable to Slack."""

from typing import Any

from bot.messages.rendering import warnings
from bot.messages.rendering.block_kit import WORDS
from bot.messages.rendering.text_field import plain_words
from bot.messages.rendering.truncation import ID_CHARACTERS, truncate
from bot.messages.rendering.warnings import At

Node = dict[str, Any]


def complete_steps(plan: Node, at: At) -> list[str]:
    """
    Give every step a status Slack knows and an id of its own; nothing is routed by these ids.

    Return what is to be said of statuses that it does not know.
    """
    steps = plan.get("tasks")
    taken: set[str] = set()
    said: list[str] = []
    for number, step in enumerate(steps if isinstance(steps, list) else [], start=1):
        if not isinstance(step, dict):
            continue
        said += _known_status(step, "pending", ((at, "tasks"), number - 1))
        wanted = truncate(_word(step.get("task_id")), ID_CHARACTERS - 10) or str(number)
        step["task_id"] = wanted if wanted not in taken else f"{wanted}-{number}"
        taken.add(step["task_id"])
    return said


def complete_card(card: Node, at: At) -> list[str]:
    """A card that stands alone cannot be pending; return what is to be said of its status."""
    said = _known_status(card, "in_progress", at)
    if card["status"] == "pending":
        card["status"] = "in_progress"
    card["task_id"] = truncate(_word(card.get("task_id")), ID_CHARACTERS) or "1"
    return said


def _known_status(step: Node, otherwise: str, at: At) -> list[str]:
    known, status = WORDS["status"], _word(step.get("status"))
    step["status"] = status if status in known else otherwise
    is_known = status in known or not status
    return [] if is_known else [warnings.unknown_word(at, "status", status, known)]


def _word(value: Any) -> str:
    return plain_words(value) if isinstance(value, str) else "" if value is None else str(value)

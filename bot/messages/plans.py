"""Make the steps of a `plan` block, and a `task_card` alone, ones that Slack takes."""

from typing import Any

from bot.messages.leaf import plain
from bot.messages.limits import ID_CHARACTERS, cut
from bot.messages.vocabulary import WORDS

Node = dict[str, Any]


def settle_steps(plan: Node) -> None:
    """Give every step a status Slack knows and an id of its own; nothing is routed by these ids."""
    steps = plan.get("tasks")
    taken: set[str] = set()
    for number, step in enumerate(steps if isinstance(steps, list) else [], start=1):
        if not isinstance(step, dict):
            continue
        _settle_status(step, "pending")
        wanted = cut(_word(step.get("task_id")), ID_CHARACTERS - 10) or str(number)
        step["task_id"] = wanted if wanted not in taken else f"{wanted}-{number}"
        taken.add(step["task_id"])


def settle_card(card: Node) -> None:
    """A card that stands alone cannot be pending."""
    _settle_status(card, "in_progress")
    if card["status"] == "pending":
        card["status"] = "in_progress"
    card["task_id"] = cut(_word(card.get("task_id")), ID_CHARACTERS) or "1"


def _settle_status(step: Node, otherwise: str) -> None:
    status = _word(step.get("status"))
    step["status"] = status if status in WORDS["status"] else otherwise


def _word(value: Any) -> str:
    return plain(value) if isinstance(value, str) else "" if value is None else str(value)

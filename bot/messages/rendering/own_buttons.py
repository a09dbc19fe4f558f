"""
The ids of Opsbell's own buttons, which no stored template may carry. Pure.

Slack tells us only the id of a button that somebody clicks. With one of ours, a tenant's message
would make people act on tasks and messages with their own rights.
"""

import re
from collections.abc import Iterator
from typing import Any

from bot.messages.rendering.text_field import plain

#: All that `listeners.actions` listens for.
OWN_ACTIONS = frozenset(
    {"delivery_replay", "task_cancel", "task_grafana", "task_log_lines", "task_logs", "task_retry"}
)
_LITERAL = re.compile(rf'"action_id"\s*:\s*"({"|".join(sorted(OWN_ACTIONS))})"')


def own_action(node: dict[str, Any]) -> str | None:
    """Return the id if this object of a rendered template is a button of ours."""
    action = node.get("action_id")
    if isinstance(action, str) and (name := plain(action)) in OWN_ACTIONS:
        return name
    return None


def own_buttons(parsed: Any) -> Iterator[str]:
    """Yield a sentence for each button of ours in what a template renders."""
    waiting: list[tuple[str, Any]] = [("", parsed)]
    while waiting:
        pointer, node = waiting.pop()
        if isinstance(node, dict):
            name = own_action(node)
            if name:
                yield f"{pointer}/action_id: {reserved(name)}"
        elif not isinstance(node, list):
            continue
        inner = node.items() if isinstance(node, dict) else enumerate(node)
        waiting += [(f"{pointer}/{key}", value) for key, value in inner]


def own_buttons_in(source: str) -> Iterator[str]:
    """Yield a sentence for each line of a template's source that names a button of ours."""
    for found in _LITERAL.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        yield f"line {line}: action_id: {reserved(found[1])}"


def reserved(name: str) -> str:
    """Return why an id cannot be used."""
    return f"`{name}` is the id of a button of Opsbell's own: choose another one"

"""
The ids of Opsbell's own buttons, which no stored template may use. Pure.

When somebody clicks a button, Slack sends only its id. With one of our ids, a tenant's message
would make people act on tasks and messages with their own permissions.
"""

import re
from collections.abc import Iterator
from typing import Any

from bot.messages.rendering.text_field import plain_words

#: All actions that `listeners.actions` handles.
OWN_ACTIONS = frozenset(
    {
        "alert_acknowledge",
        "alert_more",
        "alert_mute",
        "alert_retry",
        "alert_snooze",
        "case_file",
        "delivery_replay",
        "home_end_silence",
        "home_leaderboard",
        "home_new_report",
        "home_preferences",
        "home_refresh",
        "home_replay",
        "home_run_task",
        "home_subscribe",
        "home_unsubscribe",
        "leaderboard_subject",
        "report_ask",
        "report_edit",
        "report_frequency",
        "report_pause",
        "report_preview",
        "report_query",
        "report_recompute",
        "report_resume",
        "report_retry",
        "report_rows",
        "report_run",
        "report_take_over",
        "report_where",
        "task_cancel",
        "task_grafana",
        "task_log_lines",
        "task_logs",
        "task_retry",
    }
)
_LITERAL = re.compile(rf'"action_id"\s*:\s*"({"|".join(sorted(OWN_ACTIONS))})"')


def own_action(node: dict[str, Any]) -> str | None:
    """Return the id if this object of a rendered template is one of our buttons."""
    action = node.get("action_id")
    if isinstance(action, str) and (name := plain_words(action)) in OWN_ACTIONS:
        return name
    return None


def own_buttons(parsed: Any) -> Iterator[str]:
    """Yield a sentence for each of our buttons in a rendered template."""
    waiting: list[tuple[str, Any]] = [("", parsed)]
    while waiting:
        pointer, node = waiting.pop()
        if isinstance(node, dict):
            name = own_action(node)
            if name:
                yield f"{pointer}/action_id: {_reserved(name)}"
        elif not isinstance(node, list):
            continue
        inner = node.items() if isinstance(node, dict) else enumerate(node)
        waiting += [(f"{pointer}/{key}", value) for key, value in inner]


def own_buttons_in(source: str) -> Iterator[str]:
    """Yield a sentence for each line of a template's source that names one of our buttons."""
    for found in _LITERAL.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        yield f"line {line}: action_id: {_reserved(found[1])}"


def _reserved(name: str) -> str:
    """Return why an id cannot be used."""
    return f"`{name}` is the id of a button of Opsbell's own: choose another one"

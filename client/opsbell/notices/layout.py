"""What notices look like at a webhook: text and blocks. Pure; the time is passed in."""

from __future__ import annotations

from opsbell.values.plain import plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

MAX_TASKS = 20
MAX_ERROR_CHARS = 200
MAX_FACTS = 20
NO_LOGS = "No logs available"
BOLD, CODE = {"bold": True}, {"code": True}


def tasks_notice(title: str, tasks: list[dict[str, Any]], reported_at: str) -> dict[str, Any]:
    """Return a notice of tasks, grouped by status, of which each group shows at most 20."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for task in tasks:
        groups.setdefault(str(task.get("status") or "unknown"), []).append(task)
    elements: list[dict[str, Any]] = []
    for status, members in groups.items():
        elements.append(_section([_text(f"{status} ({len(members)})", BOLD)]))
        shown = [_section(_task_parts(task)) for task in members[:MAX_TASKS]]
        elements.append({"type": "rich_text_list", "style": "bullet", "elements": shown})
        if len(members) > MAX_TASKS:
            elements.append(_section([_text(f"and {len(members) - MAX_TASKS} more")]))
    return _content(title, elements, reported_at)


def facts_notice(title: str, facts: Mapping[str, Any], log: object, at: str) -> dict[str, Any]:
    """Return a notice of names and values, with a link to the log if there is one."""
    pairs = list(facts.items())
    lines = [
        _section([_text(f"{name}: ", BOLD), _text(plain_text(str(value), 300) or "-")])
        for name, value in pairs[:MAX_FACTS]
    ]
    if len(pairs) > MAX_FACTS:
        lines.append(_section([_text(f"and {len(pairs) - MAX_FACTS} more")]))
    lines.append(_section([_log_part(log)]))
    body = {"type": "rich_text_list", "style": "bullet", "elements": lines}
    return _content(title, [body], at)


def text_notice(text: str) -> dict[str, Any]:
    """Return a notice of a text as it is."""
    section = {"type": "section", "text": {"type": "plain_text", "text": text}}
    return {"text": _escaped(text), "blocks": [section]}


def _content(title: str, elements: Iterable[dict[str, Any]], at: str) -> dict[str, Any]:
    heading = _section([_text(title, BOLD)])
    return {
        "text": _escaped(title),
        "blocks": [
            {"type": "rich_text", "elements": [heading, *elements]},
            {
                "type": "context",
                "elements": [{"type": "plain_text", "text": f"Reported at {at}"}],
            },
        ],
    }


def _task_parts(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = [_text(plain_text(str(task.get("id") or "-"), 200), CODE)]
    about = [task.get("task"), task.get("subject"), task.get("status")]
    words = [plain_text(str(word), 100) for word in about if word]
    parts.append(
        _text(" " + " · ".join([*words, f"created {task.get('created_at') or 'unknown'}"]))
    )
    if task.get("error"):
        parts.append(_text("\n" + plain_text(str(task["error"]), MAX_ERROR_CHARS)))
    return [*parts, _text("\n"), _log_part(task.get("log_url"))]


def _log_part(url: object) -> dict[str, Any]:
    if isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) <= 3000:
        return {"type": "link", "url": url, "text": "View logs"}
    return _text(NO_LOGS)


def _section(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": parts}


def _text(text: str, style: dict[str, bool] | None = None) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

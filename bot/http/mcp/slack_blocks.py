"""Block Kit for what a tool returns: data stands in rich text, which Slack shows as it is. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages.rendering.escaping import clean
from bot.messages.rendering.truncation import truncate

_BLOCK_LINE_CHARACTERS = 250
_MAX_BLOCK_LINES = 20


def listed_blocks(heading: str, lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return a heading and one line for each of *lines*, the first twenty."""
    shown = [*lines[:_MAX_BLOCK_LINES]]
    if len(lines) > len(shown):
        shown.append(f"… and {len(lines) - len(shown)} more")
    sections = [_rich_section(heading, bold=True), *(_rich_section(line) for line in shown)]
    return [{"type": "rich_text", "elements": sections}]


def task_line(task: Mapping[str, Any]) -> str:
    """Return a task, as the API shows it, in one line."""
    subject = f" for {task['subject']}" if task.get("subject") else ""
    error = f": {task['error']}" if task.get("error") else ""
    return f"{task['task']}{subject} {task['status']}, attempt {task['attempt']}{error}"


def alert_line(alert: Mapping[str, Any]) -> str:
    """Return an alert, as the API shows it, in one line."""
    kind = alert["task"] or "several kinds"
    return f"{kind} {alert['type']}, {alert['state']}, {alert['count']} times since opened"


def rank_line(row: Mapping[str, Any]) -> str:
    """Return a row of a leaderboard, as the API shows it, in one line."""
    values = ", ".join(f"{name} {value}" for name, value in row["values"].items())
    return f"{row['rank']}. {row['subject']}: {values}"


def event_summary(event: Mapping[str, Any]) -> str:
    """Return a line of a message's history."""
    return f"{event['at']} {event['event']}, attempt {event['attempt']}"


def _rich_section(text: str, **style: bool) -> dict[str, Any]:
    words = truncate(clean(text).replace("\n", " "), _BLOCK_LINE_CHARACTERS) or "-"
    part: dict[str, Any] = {"type": "text", "text": f"{words}\n"}
    return {"type": "rich_text_section", "elements": [{**part, "style": style} if style else part]}

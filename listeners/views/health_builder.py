"""The answer to `/ops health`."""

from collections.abc import Iterator
from typing import Any

from listeners.views import literal

MOST_LINES = 60
LINE_CHARACTERS = 200


def build_health(health: dict[str, Any]) -> dict[str, Any]:
    """Return an ephemeral answer with one line for each value, nested names joined by dots."""
    lines = list(flat(health))
    shown = lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        shown.append(f"and {len(lines) - MOST_LINES} more")
    heading = literal.section(literal.text("How I am doing", bold=True))
    body = literal.preformatted("\n".join(shown) or "nothing to report", 10_000)
    return {
        "response_type": "ephemeral",
        "text": "How I am doing",
        "blocks": [literal.rich_text(heading, body)],
    }


def flat(value: Any, name: str = "") -> Iterator[str]:
    """Yield `a.b: value` for everything in nested dicts and lists."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from flat(inner, f"{name}.{index}" if name else str(index))
    else:
        yield f"{name}: {worded(value)}"[:LINE_CHARACTERS]


def worded(value: Any) -> str:
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.1f}" if isinstance(value, float) else str(value)

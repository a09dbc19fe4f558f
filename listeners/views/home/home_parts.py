"""What the sections of App Home are made of. Pure."""

from collections.abc import Sequence
from typing import Any

from listeners.views import rich_text_parts

Block = dict[str, Any]


def home_header(words: str) -> Block:
    """Return the heading of a section."""
    return {"type": "header", "text": {"type": "plain_text", "text": words}}


def home_sentence(words: str) -> Block:
    """Return a line of plain words."""
    return rich_text_parts.rich_text(rich_text_parts.section(rich_text_parts.text_part(words)))


def more_hint(found: Sequence[Any], limit: int, command: str) -> list[Block]:
    """Return the line that says which command shows the rest, if anything was left out."""
    if len(found) <= limit:
        return []
    parts = (
        rich_text_parts.text_part("There are more: "),
        rich_text_parts.text_part(command, code=True),
    )
    return [rich_text_parts.rich_text(rich_text_parts.section(*parts))]


def home_button(label: str, action_id: str, value: str, **more: Any) -> Block:
    """Return a button."""
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "value": value, "text": text, **more}

"""Rich text, in which Slack shows data exactly as it is. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.ids import is_slack_channel_id, is_slack_user_id
from bot.messages.rendering.escaping import clean
from bot.messages.rendering.truncation import truncate

RichTextPart = dict[str, Any]


def text_part(content: Any, limit: int = 200, **style: bool) -> RichTextPart:
    """Return *content* as text that can neither mention, nor link, nor format."""
    part: RichTextPart = {"type": "text", "text": truncate(clean(str(content)), limit) or "-"}
    return {**part, "style": style} if style else part


def link_part(url: str, label: str) -> RichTextPart:
    """Return a link; *url* is one that `is_safe_url` lets pass."""
    return {"type": "link", "url": url, "text": label}


def user_part(user_id: str) -> RichTextPart:
    """Return a mention of a Slack user, or plain text for anybody else."""
    if is_slack_user_id(user_id):
        return {"type": "user", "user_id": user_id}
    return text_part(user_id)


def place_part(channel: str) -> RichTextPart:
    """Return a mention of a channel or user by id, or a destination's name as plain text."""
    if is_slack_channel_id(channel) and not channel.startswith("D"):
        return {"type": "channel", "channel_id": channel}
    return user_part(channel)


def date_part(at: datetime, form: str = "{date_short_pretty} at {time}") -> RichTextPart:
    """Return a time that each reader sees in their own time zone."""
    fallback = f"{at:%Y-%m-%d %H:%M} UTC"
    return {"type": "date", "timestamp": int(at.timestamp()), "format": form, "fallback": fallback}


def fact_lines(facts: Mapping[str, Any], limit: int) -> Iterator[list[RichTextPart]]:
    """Yield a line for each label whose value is known, cut at *limit* characters."""
    for label, value in facts.items():
        if value is not None:
            yield [text_part(f"{label}: "), text_part(value, limit)]


def section(*parts: RichTextPart) -> RichTextPart:
    """Return a paragraph."""
    return {"type": "rich_text_section", "elements": list(parts)}


def preformatted(content: str, limit: int = 2_000) -> RichTextPart:
    """Return a block of code."""
    return {"type": "rich_text_preformatted", "elements": [text_part(content, limit)]}


def rich_text(*elements: RichTextPart) -> dict[str, Any]:
    """Return the block around paragraphs and code."""
    return {"type": "rich_text", "elements": list(elements)}

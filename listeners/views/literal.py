"""Rich text, in which Slack shows data exactly as it is. Pure."""

from datetime import datetime
from typing import Any

from bot.ids import is_slack_channel_id, is_slack_user_id
from bot.messages.rendering.escaping import clean
from bot.messages.rendering.truncation import cut

Part = dict[str, Any]


def text(content: Any, most: int = 200, **style: bool) -> Part:
    """Return *content* as text that can neither mention, nor link, nor format."""
    part: Part = {"type": "text", "text": cut(clean(str(content)), most) or "-"}
    return {**part, "style": style} if style else part


def link(url: str, label: str) -> Part:
    """Return a link; *url* is one that `is_safe_url` lets pass."""
    return {"type": "link", "url": url, "text": label}


def user(user_id: str) -> Part:
    """Return a mention, or the words as they are when it is no person of Slack."""
    if is_slack_user_id(user_id):
        return {"type": "user", "user_id": user_id}
    return text(user_id)


def place(channel: str) -> Part:
    """Return a channel or a person by id; the name of a destination as it is."""
    if is_slack_channel_id(channel) and not channel.startswith("D"):
        return {"type": "channel", "channel_id": channel}
    return user(channel)


def date(at: datetime, form: str = "{date_short_pretty} at {time}") -> Part:
    """Return a moment that everybody reads in their own zone."""
    fallback = f"{at:%Y-%m-%d %H:%M} UTC"
    return {"type": "date", "timestamp": int(at.timestamp()), "format": form, "fallback": fallback}


def section(*parts: Part) -> Part:
    """Return a paragraph."""
    return {"type": "rich_text_section", "elements": list(parts)}


def preformatted(content: str, most: int = 2_000) -> Part:
    """Return a block of code."""
    return {"type": "rich_text_preformatted", "elements": [text(content, most)]}


def rich_text(*elements: Part) -> dict[str, Any]:
    """Return the block around paragraphs and code."""
    return {"type": "rich_text", "elements": list(elements)}

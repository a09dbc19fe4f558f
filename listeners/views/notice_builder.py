"""A modal that only says something."""

from typing import Any

from bot.messages.rendering.truncation import cut

NOTICE_CHARACTERS = 3_000


def build_notice(words: str, title: str = "Opsbell") -> dict[str, Any]:
    """Return a modal with *words*, which are mrkdwn of our own making."""
    text = cut(words, NOTICE_CHARACTERS) or "There is nothing to say."
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": cut(title, 24)},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
    }


def build_loading(title: str) -> dict[str, Any]:
    """Return the modal that stands while the real one is made."""
    return build_notice("One moment, I am looking that up…", title)

"""A modal with a message and nothing to fill in."""

from typing import Any

from bot.messages.rendering.truncation import truncate

_NOTICE_CHARACTERS = 3_000


def build_notice(words: str, title: str = "Opsbell") -> dict[str, Any]:
    """Return a modal with *words*, which are mrkdwn of our own making."""
    text = truncate(words, _NOTICE_CHARACTERS) or "Nothing to show."
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": {"type": "plain_text", "text": truncate(title, 24)},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
    }


def build_loading(title: str) -> dict[str, Any]:
    """Return the modal that is shown while the real one is being prepared."""
    return build_notice("Loading…", title)

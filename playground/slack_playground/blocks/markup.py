"""
What Slack makes of mrkdwn text when it stores it.

Bare addresses become links and what is no markup is escaped. Source:
https://docs.slack.dev/messaging/formatting-message-text
"""

import re

_PIECE = re.compile(
    r"<(?P<markup>(?:[@#!]|https?://|mailto:|tel:)[^<>]+)>"
    r"|(?P<entity>&(?:amp|lt|gt);)"
    r"|(?<![\w@/])(?P<url>https?://[^\s<>|\"`]*[^\s<>|\"`.,;:!?)\]'*_~])"
    r"|(?P<sign>[&<>])"
)
_BARE = re.compile(r"&(?!(?:amp|lt|gt);)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def store_text(text: str, *, has_links: bool = True) -> str:
    """Return mrkdwn text as Slack keeps it; doing it again changes nothing."""
    if "&" not in text and "<" not in text and ">" not in text and "://" not in text:
        return text
    return _PIECE.sub(lambda piece: _stored(piece, has_links=has_links), text)


def store_typed(text: str) -> str:
    """Return text in which markup counts as typed words: an edit without `parse` keeps none."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _stored(piece: re.Match[str], *, has_links: bool) -> str:
    if piece["sign"]:
        return _ENTITIES[piece["sign"]]
    if piece["entity"]:
        return piece["entity"]
    inside = _BARE.sub("&amp;", piece["markup"] or piece["url"])
    return f"<{inside}>" if has_links or piece["markup"] else inside

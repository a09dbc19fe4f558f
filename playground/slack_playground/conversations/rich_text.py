"""A line of text in Slack's notation, as the rich text Slack keeps beside it."""

import re
from hashlib import blake2b

from slack_playground.state import Record

_TOKEN = re.compile(r"<(@|#|!|https?://)([^<>|]+)(?:\|[^<>]*)?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def rich_text_of(text: str) -> Record:
    """Return the block; the same text always gets the same id."""
    block_id = blake2b(text.encode("utf-8", "replace"), digest_size=3).hexdigest()[:5]
    return {"type": "rich_text", "block_id": block_id, "elements": [_section(text)]}


def _section(text: str) -> Record:
    elements: list[Record] = []
    end = 0
    for found in _TOKEN.finditer(text):
        _add_text(elements, text[end : found.start()])
        elements.append(_element(found.group(1), found.group(2)))
        end = found.end()
    _add_text(elements, text[end:])
    return {"type": "rich_text_section", "elements": elements}


def _element(sign: str, name: str) -> Record:
    if sign == "@":
        return {"type": "user", "user_id": name}
    if sign == "#":
        return {"type": "channel", "channel_id": name}
    if sign == "!":
        return {"type": "broadcast", "range": name}
    return {"type": "link", "url": sign + name}


def _add_text(elements: list[Record], text: str) -> None:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    if text:
        elements.append({"type": "text", "text": text})

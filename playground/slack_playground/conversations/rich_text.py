"""A line of text in Slack's notation, as the rich text Slack keeps beside it."""

import re
from hashlib import blake2b

from slack_playground.emoji import characters
from slack_playground.state import Record

_TOKEN = re.compile(r"<(@|#|!|https?://)([^<>|]+)(?:\|[^<>]*)?>")
# As the composer formats what is typed: markup at the edges of words, nothing inside of code.
_STYLED = re.compile(
    r"(?<!\w)(?:`(?P<code>[^`\n]+)`|\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*"
    r"|_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_|~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~)(?!\w)"
    r"|:(?P<emoji>[a-z0-9_+'-]{1,60}):"
)
_STYLES = {"code": "code", "bold": "bold", "italic": "italic", "strike": "strike"}
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
    """Add what stands between mentions and links: plain words, emoji and words with a style."""
    end = 0
    for found in _STYLED.finditer(text):
        _add_words(elements, text[end : found.start()])
        if found["emoji"]:
            elements.append(_emoji(found["emoji"]))
        else:
            name = found.lastgroup or ""
            _add_words(elements, found[name], {_STYLES[name]: True})
        end = found.end()
    _add_words(elements, text[end:])


def _add_words(elements: list[Record], text: str, style: Record | None = None) -> None:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    if text:
        words: Record = {"type": "text", "text": text}
        elements.append(words if style is None else {**words, "style": style})


def _emoji(name: str) -> Record:
    character = characters().get(name)
    if character is None:
        return {"type": "text", "text": f":{name}:"}
    points = "-".join(f"{ord(one):x}" for one in character)
    return {"type": "emoji", "name": name, "unicode": points}

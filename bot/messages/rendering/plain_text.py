"""
A rendered message as plain text, for services other than Slack. Pure.

Escaped characters are unescaped, links show their address, and nothing in the result can be a
mention: neither Slack's nor one of the services that also understand `@everyone`.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from bot.messages.rendering.escaping import REAL_CHARACTERS

_PlainNode = dict[str, Any]

_TOKEN = re.compile(r"<([^<>\n]+)>")
_PAIR = re.compile(r"(?<![^\W_])([*_~`])(?=\S)([^\n]+?)(?<=\S)\1(?![^\W_])")
_FENCE = re.compile(r"```\n?")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+!|~:.@])")
# What Slack, Discord, Teams or Matrix would read as a call for somebody.
_CALL = re.compile(
    r"<(?=[@!#]|at\b|users/)|(?<!\w)@(?=(?:everyone|here|channel|all|room)\b)", re.IGNORECASE
)
_TEXTS = frozenset({"mrkdwn", "plain_text"})
#: Keys that are not shown as text, and keys that are although they hold no text object.
_UNREAD = frozenset({"confirm", "metadata", "placeholder", "options"})
_SPOKEN = frozenset({"alt_text", "title", "status"})
#: Objects whose own texts say something without what is around them.
_SEPARATED = frozenset({"actions", "context"})


def plain_text(text: str) -> str:
    """Return mrkdwn as a reader would copy it."""
    text = _FENCE.sub("", _TOKEN.sub(lambda found: _plain_token(found[1]), text))
    for _ in range(3):  # Formats may stand in each other: *_~so~_*
        text = _PAIR.sub(r"\2", text)
    return harmless(html.unescape(text).translate(REAL_CHARACTERS))


def text_of(blocks: list[_PlainNode]) -> str:
    """Return what blocks say, a paragraph each."""
    return "\n\n".join(filter(None, (_block(block).strip() for block in blocks)))


def harmless(text: str) -> str:
    """Part what would be a mention with a space, which everybody sees."""
    return _CALL.sub(lambda found: f"{found[0]} ", text)


def _plain_token(inside: str) -> str:
    """Return what Slack shows for `<…>`."""
    address, _, label = inside.partition("|")
    kind = address[0]
    if address.startswith("!date^"):
        return label
    if kind in "@#!":
        name = label or address[1:].removeprefix("subteam^")
        return f"#{name}" if kind == "#" else name.removeprefix("@")
    if not label or label == address.removeprefix("mailto:"):
        return address.removeprefix("mailto:")
    return f"{label} ({address})"


def _block(block: _PlainNode) -> str:
    kind = block.get("type")
    if kind == "button":
        return _button(block)
    if kind in ("table", "data_table"):
        return "\n".join(" | ".join(_line(cell) for cell in row) for row in block.get("rows") or [])
    if kind == "data_visualization":
        return "\n".join(_chart(block))
    if kind == "markdown":
        words = _TOKEN.sub(lambda found: _plain_token(found[1]), str(block.get("text", "")))
        return harmless(html.unescape(_ESCAPED.sub(r"\1", words)))
    if kind == "rich_text":
        return "\n".join(_rich(one) for one in block.get("elements") or [])
    between = "  ·  " if kind in _SEPARATED else "\n"
    return between.join(filter(None, (part.strip() for part in _parts(block))))


def _parts(node: _PlainNode) -> Iterator[str]:
    """Yield the texts of an object and of what is in it, in the order of reading."""
    for key, value in node.items():
        if key in _UNREAD:
            continue
        if isinstance(value, dict | list):
            children = value if isinstance(value, list) else [value]
            yield from (_child(one) for one in children if isinstance(one, dict))
        elif key in _SPOKEN and isinstance(value, str):
            yield harmless(value.replace("_", " ") if key == "status" else value)


def _child(node: _PlainNode) -> str:
    return _text(node) if node.get("type") in _TEXTS else _block(node)


def _text(node: _PlainNode) -> str:
    """Return a text object's words; those of mrkdwn without its marks."""
    text = str(node.get("text") or "")
    return plain_text(text) if node.get("type") == "mrkdwn" else harmless(text)


def _button(node: _PlainNode) -> str:
    """Return a button's label with its address; one without an address does nothing here."""
    return f"{_text(node['text'])}: {node['url']}" if node.get("url") else ""


def _rich(node: _PlainNode) -> str:
    """Return an element of rich text: a section, a list, a quote or code."""
    if node.get("type") == "rich_text_list":
        return "\n".join(f"- {_rich(item)}" for item in node.get("elements") or [])
    return "".join(_inline(one) for one in node.get("elements") or [])


def _inline(node: _PlainNode) -> str:
    kind = node.get("type")
    text = str(node.get("text") or "")
    if kind == "link":
        address = str(node.get("url", ""))
        return harmless(f"{text} ({address})" if text and text != address else address)
    if kind == "emoji":
        codes = str(node.get("unicode") or "").split("-")
        return "".join(chr(int(code, 16)) for code in codes if code) or f":{node.get('name')}:"
    if kind == "date":
        return str(node.get("fallback") or "")
    if kind in ("user", "usergroup", "channel", "broadcast", "team"):
        return str(node.get(f"{kind}_id") or node.get("range") or "")
    return _rich(node) if "elements" in node else harmless(text)


def _line(cell: _PlainNode) -> str:
    """Return a cell of a table on one line."""
    words = _block(cell) if "elements" in cell else _text(cell)
    return " ".join(words.split())


def _chart(block: _PlainNode) -> Iterator[str]:
    """Yield a chart's title and its figures."""
    yield harmless(str(block.get("title", "")))
    chart = block.get("chart") or {}
    for segment in chart.get("segments") or []:
        yield harmless(f"{segment.get('label')}: {segment.get('value')}")
    for series in chart.get("series") or []:
        figures = ", ".join(f"{one['label']} {one['value']}" for one in series.get("data") or [])
        yield harmless(f"{series.get('name')}: {figures}")

"""
One text in a message: which of its words are the template's and which are data.

A leaf is made while the blocks are walked and written into them at the end,
when it is known how much room each text has.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bot.messages.escaping import (
    CLOSE,
    DATE,
    OPEN,
    escape_markdown,
    escape_mrkdwn,
    is_safe_url,
)
from bot.messages.filters import DATE_FORMATS, date_fallback
from bot.messages.limits import cut, level, units

_MARKED = re.compile("\ufdd0([^\ufdd1]*)\ufdd1|\ufdd2(\\d+)\ufdd3([a-z]+)\ufdd1")
_STRAY = re.compile("[\ufdd0-\ufdd3]")
_BRACKET = re.compile("([<>])")


class Part(NamedTuple):
    """A stretch of text; `epoch` and `form` are set for a time, whose `text` is the fallback."""

    text: str
    is_data: bool = False
    epoch: int = 0
    form: str = ""


def split(text: str) -> list[Part]:
    """Take a template string apart into its own words, data and times."""
    if OPEN not in text and DATE not in text:
        return [Part(text)] if text else []
    parts: list[Part] = []
    end = 0
    for found in _MARKED.finditer(text):
        if found.start() > end:
            parts.append(Part(_STRAY.sub("", text[end : found.start()])))
        if found[2] is None:
            parts.append(Part(_STRAY.sub("", found[1]), is_data=True))
        else:
            parts.append(_moment(int(found[2]), found[3]))
        end = found.end()
    if end < len(text):
        parts.append(Part(_STRAY.sub("", text[end:])))
    return [part for part in parts if part.text]


def is_marked(text: str) -> bool:
    """Whether any of `text` is data."""
    return OPEN in text or DATE in text


def plain(text: str) -> str:
    """The words of a template string as a person would copy them."""
    if not is_marked(text):
        return text
    return "".join(part.text for part in split(text))


def remark(part: Part) -> str:
    """The opposite of `split` for one part."""
    return OPEN + part.text + CLOSE if part.is_data else part.text


class Leaf:
    """A text of the message, at `holder[key]`, of at most `most` units."""

    __slots__ = ("_escape", "_raw", "_sizes", "holder", "key", "most", "parts", "size")

    def __init__(self, holder: dict[str, Any], key: str, parts: list[Part], most: int) -> None:
        self.holder, self.key, self.parts, self.most = holder, key, parts, most
        self._raw = parts
        self._escape: Callable[[str], str] = str

    def measure(self) -> int:
        """The units this leaf takes in Slack when it is cut at its own limit only."""
        escape = self._escape
        self._sizes = [
            units(escape(part.text)) if part.is_data else units(part.text) for part in self.parts
        ]
        self.size = sum(self._sizes)
        return min(self.size, self.most)

    def write(self, most: int) -> bool:
        """Put the text in its place; False if something had to be cut for it."""
        escape = self._escape
        fits = self.size <= most
        parts = self.parts if fits else self._shortened(most)
        text = "".join([escape(part.text) if part.is_data else part.text for part in parts])
        self.holder[self.key] = text if fits or units(text) <= most else cut(text, most)
        return fits

    def whole(self) -> str:
        """All of it, uncut, as a person would copy it."""
        return "".join(part.text for part in self._raw)

    def as_mrkdwn(self) -> list[Part]:
        """The same words for a place that shows mrkdwn: here they are not, so all are data."""
        return [part if part.form else part._replace(is_data=True) for part in self._raw]

    def _shortened(self, most: int) -> list[Part]:
        """Give the template's words their room and share the rest among the data."""
        fixed = sum(
            size for size, part in zip(self._sizes, self.parts, strict=True) if not part.is_data
        )
        sizes = [size for size, part in zip(self._sizes, self.parts, strict=True) if part.is_data]
        room = level(sizes, most - fixed)
        return [
            part._replace(text=cut(part.text, room, self._escape))
            if part.is_data and size > room
            else part
            for size, part in zip(self._sizes, self.parts, strict=True)
        ]


class Mrkdwn(Leaf):
    """A text in Slack's mrkdwn, and the message's top-level text."""

    __slots__ = ()

    def __init__(self, holder: dict[str, Any], key: str, parts: list[Part], most: int) -> None:
        super().__init__(holder, key, guard([_token(part) for part in parts]), most)
        self._raw = parts
        self._escape = escape_mrkdwn

    def as_mrkdwn(self) -> list[Part]:
        return self._raw


class Markdown(Leaf):
    """The text of a `markdown` block."""

    __slots__ = ()

    def __init__(self, holder: dict[str, Any], key: str, parts: list[Part], most: int) -> None:
        super().__init__(holder, key, parts, most)
        self._escape = escape_markdown


def guard(parts: Sequence[Part]) -> list[Part]:
    """
    Settle what the template put between `<` and `>`.

    Data may be the label or (a part of) the address of a link, if the whole is
    a safe URL. It can never complete a mention: there the brackets go.
    """
    if not any("<" in part.text for part in parts if not part.is_data):
        return list(parts)
    settled: list[Part] = []
    token: list[Part] = []
    for part in parts:
        pieces = [part] if part.is_data else map(Part, _BRACKET.split(part.text))
        for piece in pieces:
            if not token and (piece.is_data or piece.text != "<"):
                settled.append(piece)
                continue
            token.append(piece)
            if not piece.is_data and piece.text == ">":
                settled += _settle(token)
                token = []
    return [part for part in settled + token if part.text]


def _settle(token: list[Part]) -> list[Part]:
    if not any(part.is_data for part in token):
        return [Part("".join(part.text for part in token))]
    address: list[Part] = []
    label: list[Part] = []
    reading = address
    for part in token[1:-1]:
        before, bar, after = ("", "", "") if part.is_data else part.text.partition("|")
        if bar and reading is address:
            address.append(Part(before))
            reading = label
            label.append(Part(after))
        else:
            reading.append(part)
    url = "".join(part.text for part in address)
    if not any(part.is_data for part in address):
        return [Part("<" + url + "|"), *map(_one_line, label), Part(">")]
    if is_safe_url(url):
        link = Part("<" + url.replace("&", "&amp;") + ("|" if label else ""))
        return [link, *map(_one_line, label), Part(">")]
    return [*(part for part in address if part.is_data), Part(" " if label else ""), *label]


def _one_line(part: Part) -> Part:
    return part._replace(text=" ".join(part.text.split("\n"))) if part.is_data else part


def _token(part: Part) -> Part:
    if not part.form:
        return part
    shown = DATE_FORMATS[part.form][0]
    return Part(f"<!date^{part.epoch}^{shown}|{part.text}>")


def _moment(epoch: int, form: str) -> Part:
    if form not in DATE_FORMATS or epoch > 253_402_300_799:
        return Part(str(epoch), is_data=True)
    return Part(date_fallback(epoch, form), epoch=epoch, form=form)

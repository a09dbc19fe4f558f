"""
One text in a message: which parts come from the template and which are data.

A leaf is created while the blocks are walked and written into them at the end,
when it is known how much room each text has.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.messages.rendering.emoji import own_shortcodes_apart, without_shortcodes_of_data
from bot.messages.rendering.escaping import (
    CLOSE,
    DATE,
    KEPT_COLON,
    MARKDOWN_COLON,
    OPEN,
    Part,
    escape_markdown,
    escape_mrkdwn,
    is_safe_url,
)
from bot.messages.rendering.filters import DATE_FORMATS, date_fallback
from bot.messages.rendering.truncation import ELLIPSIS, level, truncate, units
from bot.messages.rendering.warnings import At

_MARKED = re.compile("\ufdd0([^\ufdd1]*)\ufdd1|\ufdd2(\\d+)\ufdd3([a-z]+)\ufdd1")
# An entity in the template's own text, split by the last resort.
_TORN = re.compile("&[a-z]{0,3}…$")
# Data first, for it may say anything; then what the template has made of an empty address.
_NOWHERE = re.compile("\ufdd0[^\ufdd1]*\ufdd1|<\\|((?:[^<>\ufdd0]|\ufdd0[^\ufdd1]*\ufdd1)*)>")
_BRACKET = re.compile("([<>])")


def is_marked(text: str) -> bool:
    """Whether any of a template string is data or a time."""
    return OPEN in text or DATE in text


def split_parts(text: str) -> list[Part]:
    """Take a template string apart into its own words, data and times."""
    if DATE in text:
        return _split_with_dates(text)
    first, *rest = text.split(OPEN)
    parts = [Part(first)] if first else []
    for piece in rest:
        data, _, after = piece.partition(CLOSE)
        if data:
            parts.append(Part(data, True))
        if after:
            parts.append(Part(after))
    return parts


def remark(part: Part) -> str:
    """The opposite of `split` for one part."""
    return OPEN + part.text + CLOSE if part.is_data else part.text


def plain_words(text: str) -> str:
    """The words of a template string as a person would copy them."""
    if DATE in text:
        return "".join([part.text for part in _split_with_dates(text)])
    return text.replace(OPEN, "").replace(CLOSE, "") if OPEN in text else text


def _split_with_dates(text: str) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for found in _MARKED.finditer(text):
        start = found.start()
        if start > end:
            parts.append(Part(text[end:start]))
        if found[1]:
            parts.append(Part(found[1], True))
        elif found[2]:
            parts.append(_date_part(int(found[2]), found[3]))
        end = found.end()
    if end < len(text):
        parts.append(Part(text[end:]))
    return parts


class TextField:
    """
    A text of the message, at `holder[key]`, of at most `limit` units.

    `text` is sent to Slack if it fits, `size` is its size, and `share` its size when truncated to
    the limit of its own place. `refused` lists addresses in it that may not be links.
    """

    __slots__ = ("at", "holder", "key", "limit", "raw", "refused", "share", "size", "text")

    escape: Callable[[str], str] = staticmethod(str)
    #: Whether Slack replaces shortcodes in such a text.
    shows_emoji = False

    def __init__(
        self, holder: dict[str, Any], key: str, raw: str, limit: int, at: At = None
    ) -> None:
        self.holder, self.key, self.raw, self.at = holder, key, raw, at
        self.refused: Sequence[str] = ()
        self.text = self._settle() if is_marked(raw) else raw
        self.size = units(self.text)
        self.limit = limit
        self.share = min(self.size, limit)

    def write(self, limit: int) -> bool:
        """Write the text to its place; False if something had to be truncated for it."""
        limit = min(limit, self.share)
        if self.size <= limit:
            self.holder[self.key] = self.text
            return True
        text = self._shortened(limit) if is_marked(self.raw) else self.raw
        self.holder[self.key] = _TORN.sub(ELLIPSIS, truncate(text, limit))
        return False

    def whole(self) -> str:
        """All of it, uncut, as a person would copy it."""
        return plain_words(self.raw)

    def as_mrkdwn(self) -> str:
        """The same text for a place that shows mrkdwn; here it is unchanged."""
        return "".join([remark(part._replace(is_data=True)) for part in split_parts(self.raw)])

    def _settle(self) -> str:
        """The whole text as Slack is to get it."""
        return plain_words(self.raw)

    def _parts(self) -> list[Part]:
        return split_parts(self.raw)

    def _shortened(self, limit: int) -> str:
        """Give the template's words their room and share the rest among the data."""
        escape, parts = self.escape, self._parts()
        sizes = [units(escape(part.text)) for part in parts if part.is_data]
        room = level(sizes, limit - self.size + sum(sizes))
        return "".join(
            [
                escape(truncate(part.text, room, escape)) if part.is_data else part.text
                for part in parts
            ]
        )


class Mrkdwn(TextField):
    """A text in Slack's mrkdwn, and the message's top-level text."""

    __slots__ = ()

    escape = staticmethod(escape_mrkdwn)
    shows_emoji = True

    def __init__(
        self, holder: dict[str, Any], key: str, raw: str, limit: int, at: At = None
    ) -> None:
        # Of a link whose address came out empty the words remain; Slack would show the brackets.
        whole = _NOWHERE.sub(_words_alone, raw) if "<|" in raw else raw
        super().__init__(holder, key, whole, limit, at)
        if whole != raw:
            self.refused = [*self.refused, ""]

    def as_mrkdwn(self) -> str:
        return self.raw

    def _settle(self) -> str:
        return "".join([escape_mrkdwn(p.text) if p.is_data else p.text for p in self._parts()])

    def _parts(self) -> list[Part]:
        refused: list[str] = []
        parts = guard(
            [_token(part) if part.form else part for part in split_parts(self.raw)], refused
        )
        self.refused = refused
        if ":" not in self.raw:
            return parts
        return without_shortcodes_of_data(parts, code=KEPT_COLON)


class Markdown(TextField):
    """The text of a `markdown` block."""

    __slots__ = ()

    escape = staticmethod(escape_markdown)
    shows_emoji = True

    def _settle(self) -> str:
        return "".join([escape_markdown(p.text) if p.is_data else p.text for p in self._parts()])

    def _parts(self) -> list[Part]:
        return without_shortcodes_of_data(split_parts(self.raw), data=MARKDOWN_COLON, own="\\:")


class WithEmoji(TextField):
    """A plain text in which Slack replaces the shortcodes of the template's own words."""

    __slots__ = ()

    shows_emoji = True

    def as_mrkdwn(self) -> str:
        parts = [
            one
            for part in split_parts(self.raw)
            for one in ([part] if part.is_data or part.form else own_shortcodes_apart(part))
        ]
        return "".join([remark(part) for part in parts])

    def _settle(self) -> str:
        return "".join([part.text for part in self._parts()])

    def _parts(self) -> list[Part]:
        return without_shortcodes_of_data(split_parts(self.raw))


def _words_alone(found: re.Match[str]) -> str:
    return found[0] if found[1] is None else found[1]


def guard(parts: Sequence[Part], refused: list[str]) -> list[Part]:
    """
    Check what the template put between `<` and `>`.

    Data may be the label or (a part of) the address of a link if the whole is a safe URL. It can
    never complete a mention: then the brackets are removed. What may not be a link is added to
    *refused*.
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
                settled += _settle(token, refused)
                token = []
    return [part for part in settled + token if part.text]


def _settle(token: list[Part], refused: list[str]) -> list[Part]:
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
    refused.append(url)
    return [*(part for part in address if part.is_data), Part(" " if label else ""), *label]


def _one_line(part: Part) -> Part:
    return part._replace(text=" ".join(part.text.split("\n"))) if part.is_data else part


def _token(part: Part) -> Part:
    shown = DATE_FORMATS[part.form][0]
    return Part(f"<!date^{part.epoch}^{shown}|{part.text}>")


def _date_part(epoch: int, form: str) -> Part:
    if form not in DATE_FORMATS or epoch > 253_402_300_799:
        return Part(str(epoch), is_data=True)
    return Part(date_fallback(epoch, form), epoch=epoch, form=form)

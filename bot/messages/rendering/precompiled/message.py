"""
Messages of logicless templates, prepared once: blocks that are complete except for some texts.

A template is walked with a placeholder in each hole, and the result is kept. Most payloads change
only those texts and need no walk of their own: the texts are escaped, counted and inserted. For
any other payload the template is filled and walked as usual.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.messages.rendering.blocks import Walk
from bot.messages.rendering.emoji import count_shortcodes
from bot.messages.rendering.escaping import CLOSE, OPEN
from bot.messages.rendering.precompiled.template import LogiclessTemplate, ShownValue
from bot.messages.rendering.text_field import Mrkdwn, TextField, WithEmoji, is_marked
from bot.messages.rendering.truncation import (
    ALL_BLOCKS_CHARACTERS,
    BLOCKS,
    TEXT_CHARACTERS,
    units,
)

_Texts = Sequence[str]
_MakeBlocks = Callable[[_Texts], Any]

_SETTLED_BLOCKS = frozenset({"actions", "context", "divider", "header", "image", "section"})
_PROBE = "hole"
_FOUND = re.compile(f"{OPEN}{_PROBE}([0-9]+){CLOSE}")


class CompiledMessage:
    """Texts, and the blocks around them."""

    def __init__(
        self, top: "_Slot", slots: "Sequence[_Slot]", size: int, make: _MakeBlocks
    ) -> None:
        """*slots* are the texts of the blocks that have holes; *size* is that of all others."""
        self._top, self._slots, self._size, self._make = top, slots, size, make

    def filled(self, values: Sequence[ShownValue]) -> tuple[str, list[dict[str, Any]]] | None:
        """Return text and blocks, or None if these values change more than words."""
        top = self._top.filled(values)
        if top is None:
            return None
        texts, size = [], self._size
        for slot in self._slots:
            found = slot.filled(values)
            if found is None:
                return None
            text, units_of_it = found
            texts.append(text)
            size += units_of_it
        if size > ALL_BLOCKS_CHARACTERS:
            return None
        return top[0], self._make(texts)


class _Slot:
    """One text with holes."""

    def __init__(self, text_field: TextField, *, needs_data: bool) -> None:
        """*needs_data*: without data in it Slack is told something else of the text."""
        self.text_field = text_field
        pieces = _FOUND.split(text_field.raw)
        self.parts: list[str | int] = [
            int(one) if at % 2 else one for at, one in enumerate(pieces) if at % 2 or one
        ]
        self._escape, self._limit = text_field.escape, text_field.limit
        self._needs_data = needs_data
        # A shortcode that is not the template's own is for the walk, which knows what is around it.
        own = [one for one in self.parts if isinstance(one, str)]
        self._own_shortcodes = sum(map(count_shortcodes, own)) if text_field.shows_emoji else None

    @property
    def is_simple(self) -> bool:
        """Whether its data can only be words: not an address, nor part of a mention."""
        words = [one for one in self.parts if isinstance(one, str)]
        return not any("<" in one or is_marked(one) for one in words)

    def filled(self, values: Sequence[ShownValue]) -> tuple[str, int] | None:
        """Return its text and how long it is; None if it is empty, too long, or not just words."""
        if self._own_shortcodes is not None and self._has_other_shortcodes(values):
            return None
        has_data, pieces = False, []
        for part in self.parts:
            if isinstance(part, str):
                pieces.append(part)
                continue
            text, is_data = values[part]
            if is_data:
                has_data = True
                text = self._escape(text)
            elif is_marked(text):
                return None
            pieces.append(text)
        text = "".join(pieces)
        size = len(text) if text.isascii() else units(text)
        if size > self._limit or not text.strip() or (self._needs_data and not has_data):
            return None
        return text, size

    def _has_other_shortcodes(self, values: Sequence[ShownValue]) -> bool:
        text = "".join([one if isinstance(one, str) else values[one].text for one in self.parts])
        return ":" in text and count_shortcodes(text) != self._own_shortcodes


def compile_message(template: LogiclessTemplate) -> CompiledMessage | None:
    """Return the message of a template, or None if more than its words depends on the payload."""
    if any(hole.is_json for hole in template.holes):
        return None
    probes = [
        ShownValue(f"{_PROBE}{number}", is_data=True) for number in range(len(template.holes))
    ]
    parsed = template.filled(probes)
    if not isinstance(parsed, dict) or parsed.keys() - {"text", "blocks"}:
        return None
    top, sources = parsed.get("text"), parsed.get("blocks", [])
    if not isinstance(top, str) or not isinstance(sources, list) or len(sources) > BLOCKS:
        return None
    walks = [_walked(source) for source in sources]
    settled = [one for one in walks if one is not None]
    if len(settled) < len(walks):
        return None
    text_fields = [text_field for _, found in settled for text_field in found]
    words = _Slot(Mrkdwn({}, "text", top, TEXT_CHARACTERS), needs_data=False)
    return _compiled_message(words, [block for block, _ in settled], text_fields, template.places)


def _walked(source: Any) -> tuple[dict[str, Any], list[TextField]] | None:
    """Return one finished block and its texts; None if it differs from the template."""
    if not isinstance(source, dict) or source.get("type") not in _SETTLED_BLOCKS:
        return None
    walk = Walk(trusted=False)
    block = walk.block(source)
    if block is None or walk.warnings or walk.spilled:
        return None
    return block, walk.text_fields


def _compiled_message(
    top: _Slot, blocks: list[dict[str, Any]], text_fields: Iterable[TextField], places: int
) -> CompiledMessage | None:
    slots: list[_Slot] = []
    size = 0
    for text_field in text_fields:
        has_hole = _FOUND.search(text_field.raw) is not None
        if has_hole and isinstance(text_field, WithEmoji):
            return None  # Whether Slack may replace shortcodes in it depends on the data.
        if has_hole:
            is_told = isinstance(text_field, Mrkdwn) or text_field.holder.get("emoji") is False
            slots.append(_Slot(text_field, needs_data=is_told))
        elif text_field.refused or not text_field.write(text_field.limit):
            return None
        else:
            size += text_field.size
    found = [part for slot in (top, *slots) for part in slot.parts if isinstance(part, int)]
    if len(found) != places or not all(slot.is_simple for slot in (top, *slots)):
        return None
    numbers = {(id(one.text_field.holder), one.text_field.key): at for at, one in enumerate(slots)}
    return CompiledMessage(top, slots, size, _maker(blocks, numbers))


def _maker(node: Any, numbers: dict[tuple[int, str], int]) -> _MakeBlocks:
    """Return what makes a fresh copy of *node* with texts in their places."""
    if isinstance(node, list):
        makers = [_maker(one, numbers) for one in node]
        return lambda texts: [make(texts) for make in makers]
    if not isinstance(node, dict):
        return lambda _texts: node
    fields = [(key, value) for key, value in node.items() if (id(node), key) not in numbers]
    fixed = {key: value for key, value in fields if not isinstance(value, dict | list)}
    inner = [(key, _maker(value, numbers)) for key, value in fields if key not in fixed]
    places = [(key, numbers[id(node), key]) for key in node if (id(node), key) in numbers]

    def make(texts: _Texts) -> dict[str, Any]:
        made = fixed.copy()
        for key, make_inner in inner:
            made[key] = make_inner(texts)
        for key, number in places:
            made[key] = texts[number]
        return made

    return make

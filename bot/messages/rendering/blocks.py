"""
Walk the blocks of one message: find every text, check every address and id, and drop empty parts.

Dropping them keeps Slack from refusing the whole message.
"""

from typing import Any

from bot.errors import TemplateError
from bot.ids import is_slack_user_id
from bot.messages.rendering import warnings
from bot.messages.rendering.block_kit import (
    COMPLETED_TYPES,
    DASHED,
    INERT_TYPES,
    NEEDED,
    OPTIONAL_ADDRESSES,
    ROLES,
    WORDS,
)
from bot.messages.rendering.chart_blocks import complete_chart, lost_of_chart
from bot.messages.rendering.emoji import has_own_shortcode
from bot.messages.rendering.escaping import is_safe_url
from bot.messages.rendering.own_buttons import own_action
from bot.messages.rendering.plan_blocks import complete_card, complete_steps
from bot.messages.rendering.rich_text import MENTIONS, with_dates, words_instead
from bot.messages.rendering.table_blocks import DASH, complete_rows, size_of
from bot.messages.rendering.text_field import (
    Markdown,
    Mrkdwn,
    TextField,
    WithEmoji,
    is_marked,
    plain_words,
    split_parts,
)
from bot.messages.rendering.truncation import (
    CELL_CHARACTERS,
    CHILDREN,
    DEFAULT_TEXT_CHARACTERS,
    OPAQUE,
    OPTION_VALUE_CHARACTERS,
    PLACEHOLDER_CHARACTERS,
    TEXT,
    units,
)
from bot.messages.rendering.warnings import At

Node = dict[str, Any]

_SHOWN_FIELDS = frozenset({"title", "alt_text"})
_FORMATTED_TEXT = {"mrkdwn": Mrkdwn, "markdown": Markdown}
#: Blocks that are removed if they have no text.
_WORDS_ONLY = frozenset({"plain_text", "mrkdwn", "text"})


class Walk:
    """
    One pass over the blocks of one message.

    Afterwards `leaves` are the texts to write, `spilled` is what did not fit in a list, and
    `warnings` lists what differs from the template. `trusted` says that the template is one of
    ours, which leaves things empty on purpose.
    """

    def __init__(self, *, trusted: bool) -> None:
        self.text_fields: list[TextField] = []
        self.spilled: list[str] = []
        self.warnings: list[str] = []
        self._trusted = trusted

    def block(self, node: Any, at: At = None) -> Node | None:
        """Process the block *at* a place in place; None if nothing is left of it."""
        if not isinstance(node, dict) or not isinstance(node.get("type"), str):
            raise TemplateError(f"every block is an object with a type, this is none: {node!r:.80}")
        return self._object(node, "", DEFAULT_TEXT_CHARACTERS, at)

    def _object(self, node: Node, place: str, limit: int, at: At) -> Node | None:
        kind = self._kind(node, place, at) if self._may_stand(node, at) else None
        if kind is None:
            return None
        if kind in COMPLETED_TYPES:
            self._complete_node(node, kind, place, at)
        for key, value in list(node.items()):
            if isinstance(value, str):
                if key == "text":
                    self._text(node, kind, key, limit, at)
                elif key != "type" and not self._string(node, kind, key, limit, at):
                    return self._instead(node, at)
            elif not isinstance(value, bool):
                self._other(node, kind, key, limit, at)
        return node if self._is_complete(node, kind, at) else None

    def _may_stand(self, node: Node, at: At) -> bool:
        name = None if self._trusted else own_action(node)
        if name is not None:
            self.warnings.append(warnings.own_button(at, name))
        return name is None

    def _is_complete(self, node: Node, kind: str, at: At) -> bool:
        missing = _complete(node, kind)
        if missing and not self._trusted and kind not in _WORDS_ONLY:
            self.warnings.append(warnings.came_out_empty(at, missing))
        return missing is None

    def _other(self, node: Node, kind: str, key: str, limit: int, at: At) -> None:
        value = node[key]
        if isinstance(value, dict):
            self._child(node, kind, key, at)
        elif isinstance(value, list):
            self._children(node, kind, key, at)
        elif value is None:
            del node[key]
        elif key == "text":
            node[key] = str(value)
            self._text(node, kind, key, limit, at)

    def _complete_node(self, node: Node, kind: str, place: str, at: At) -> None:
        """Complete blocks of figures and steps before their texts are processed."""
        if kind in CELL_CHARACTERS:
            self._rows(node, kind, at)
        elif kind == "plan":
            self.warnings += complete_steps(node, at)
        elif kind == "task_card" and place != "tasks":
            self.warnings += complete_card(node, at)
        elif kind == "data_visualization":
            asked, node["chart"] = node.get("chart"), complete_chart(node.get("chart"))
            self.warnings += lost_of_chart(asked, node["chart"], (at, "chart"))

    def _rows(self, node: Node, kind: str, at: At) -> None:
        asked, widest = size_of(node.get("rows"))
        self.spilled += complete_rows(node, kind)
        shown, width = size_of(node["rows"])
        if shown < asked:
            self.warnings.append(warnings.fewer(at, "rows", shown, asked, follow=True))
        if width < widest:
            self.warnings.append(warnings.fewer(at, "rows/0", width, widest, follow=False))

    def _kind(self, node: Node, place: str, at: At) -> str | None:
        """What the limits call this object; None if data tries to be more than text."""
        kind = node.get("type")
        if isinstance(kind, str) and is_marked(kind):
            node["type"] = kind = plain_words(kind)
            if kind not in INERT_TYPES:
                self.warnings.append(warnings.foreign_type(at, kind))
                return None
        if kind in ("plain_text", "mrkdwn"):
            return str(kind)
        if kind == "":
            self.warnings.append(warnings.no_type(at))
            return None
        return ROLES.get(place) or (kind if isinstance(kind, str) else place)

    def _string(self, node: Node, kind: str, key: str, limit: int, at: At) -> bool:
        """Process one string field; False if the whole object has to go."""
        if key.endswith("url"):
            return self._address(node, kind, key, at)
        if key in OPAQUE:
            self._opaque(node, kind, key)
        elif is_marked(node[key]) and (key in MENTIONS or key in WORDS):
            return self._word(node, key, at)
        elif not node[key]:
            del node[key]
        elif is_marked(node[key]) or key in _SHOWN_FIELDS or (kind, key) in TEXT:
            self._text(node, kind, key, limit, at)
        return True

    def _word(self, node: Node, key: str, at: At) -> bool:
        """Process data in a field that has a meaning for Slack rather than for readers."""
        word = node[key] = plain_words(node[key])
        if key in MENTIONS:
            if self._trusted and key == "user_id" and is_slack_user_id(word):
                return True
            self.warnings.append(warnings.no_mention(at))
            return False
        if word not in WORDS[key]:
            del node[key]
            self.warnings.append(warnings.unknown_word(at, key, word, WORDS[key]))
        return True

    def _text(self, node: Node, kind: str, key: str, limit: int, at: At) -> None:
        raw: str = node[key]
        form = self._form(node, kind, raw) if key == "text" else TextField
        text_field = form(node, key, raw, TEXT.get((kind, key), limit), at)
        # In rich text a lone space is a space; anywhere else Slack wants something to read.
        if not text_field.text or (kind != "text" and not text_field.text.strip()):
            del node[key]
            return
        self.text_fields.append(text_field)
        if kind == "mrkdwn" and is_marked(raw):
            # Else Slack would make links of the addresses and mentions of the names in it.
            node["verbatim"] = True

    def _form(self, node: Node, kind: str, raw: str) -> type[TextField]:
        if kind != "plain_text":
            return _FORMATTED_TEXT.get(kind, TextField)
        if ":" in raw and node.get("emoji", True) and has_own_shortcode(split_parts(raw)):
            return WithEmoji
        if is_marked(raw):
            node["emoji"] = False  # Else Slack would make emoji of ports, times and ratios.
        return TextField

    def _address(self, node: Node, kind: str, key: str, at: At) -> bool:
        value: str = node[key]
        address = node[key] = plain_words(value)
        if value and (not is_marked(value) or is_safe_url(address)):
            return True
        del node[key]
        is_optional = key in OPTIONAL_ADDRESSES
        if address or not self._trusted:
            what = (at, key) if is_optional else at
            is_link = kind == "link"
            self.warnings.append(warnings.no_address(what, key, address, is_link=is_link))
        return is_optional

    def _opaque(self, node: Node, kind: str, key: str) -> None:
        value = node[key] = plain_words(node[key])
        limit = OPTION_VALUE_CHARACTERS if (kind, key) == ("option", "value") else OPAQUE[key]
        if units(value) > limit:
            raise TemplateError(f"{key} is longer than {limit} characters: {value[:40]!r}…")
        if not value:
            del node[key]

    def _child(self, node: Node, kind: str, key: str, at: At) -> None:
        limit = TEXT.get((kind, key), DEFAULT_TEXT_CHARACTERS)
        if key == "placeholder":
            limit = PLACEHOLDER_CHARACTERS
        if self._object(node[key], key, limit, (at, key)) is None:
            del node[key]

    def _children(self, node: Node, kind: str, key: str, at: At) -> None:
        limit = TEXT.get((kind, key), DEFAULT_TEXT_CHARACTERS)
        items = node[key]
        if kind.startswith("rich_text"):
            items = with_dates(items, kind)
        here = (at, key)
        kept = [
            done
            for number, item in enumerate(items)
            if (done := self._item(item, kind, key, limit, (here, number))) is not None
        ]
        room = CHILDREN.get((kind, key), len(kept))
        if len(kept) > room:
            self.warnings.append(warnings.fewer(at, key, room, len(kept), follow=True))
            self._spill(kept[room:])
            del kept[room:]
        if kept:
            node[key] = kept
        else:
            del node[key]

    def _item(self, item: Any, kind: str, key: str, limit: int, at: At) -> Any:
        if isinstance(item, dict):
            return self._object(item, key, limit, at)
        if isinstance(item, list):
            return [
                self._item(each, kind, key, limit, (at, number))
                or {"type": "raw_text", "text": DASH}
                for number, each in enumerate(item)
            ]
        if isinstance(item, str):
            return plain_words(item)
        return item

    def _spill(self, lost: list[Any]) -> None:
        """Take back the texts under `lost` and keep their words for the overflow."""
        gone = {id(each) for item in lost for each in _dicts(item)}
        words = [
            text_field.whole() for text_field in self.text_fields if id(text_field.holder) in gone
        ]
        self.text_fields = [
            text_field for text_field in self.text_fields if id(text_field.holder) not in gone
        ]
        self.spilled.append(" ".join(words))

    def _instead(self, node: Node, at: At) -> Node | None:
        held = words_instead(node)
        if held is not None:
            self.text_fields.append(
                TextField(held, "text", held["text"], DEFAULT_TEXT_CHARACTERS, at)
            )
        return held


def _complete(node: Node, kind: str) -> tuple[str, ...] | None:
    """Fill in dashes; return the fields of which one is missing, None if nothing is."""
    for key in DASHED.get(kind, ()):
        if key not in node:
            node[key] = DASH
    for group in NEEDED.get(kind, ()):
        for key in group:
            if key in node:
                break
        else:
            return group
    return None


def _dicts(item: Any) -> list[Node]:
    if isinstance(item, list):
        return [each for inner in item for each in _dicts(inner)]
    if not isinstance(item, dict):
        return []
    return [item, *(each for inner in item.values() for each in _dicts(inner))]

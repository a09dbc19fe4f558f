"""
Walk the blocks of one message: find every text, settle every address and id,
and drop what came out empty instead of letting Slack refuse the whole message.
"""

import re
from typing import Any

from bot.errors import TemplateError
from bot.messages.charts import settle_chart
from bot.messages.escaping import is_safe_url
from bot.messages.leaf import Leaf, Markdown, Mrkdwn, is_marked, plain
from bot.messages.limits import (
    CELL_CHARACTERS,
    CHILDREN,
    DEFAULT_TEXT_CHARACTERS,
    OPAQUE,
    OPTION_VALUE_CHARACTERS,
    PLACEHOLDER_CHARACTERS,
    TEXT,
    units,
)
from bot.messages.plans import settle_card, settle_steps
from bot.messages.rich_text import MENTIONS, with_dates, words_instead
from bot.messages.tables import DASH, settle_rows
from bot.messages.vocabulary import (
    DASHED,
    INERT_TYPES,
    NEEDED,
    OPTIONAL_ADDRESSES,
    ROLES,
    SETTLED,
    WORDS,
)

Node = dict[str, Any]

_USER_ID = re.compile(r"[UW][A-Z0-9]{1,30}")
_SHOWN = frozenset({"title", "alt_text"})
_FORMATTED_TEXT = {"mrkdwn": Mrkdwn, "markdown": Markdown}


class Walk:
    """
    One pass over the blocks of one message.

    Afterwards `leaves` are the texts to be written and `spilled` is what had
    no room in a list. `trusted` says that the template is one of ours.
    """

    def __init__(self, *, trusted: bool) -> None:
        self.leaves: list[Leaf] = []
        self.spilled: list[str] = []
        self._trusted = trusted

    def block(self, node: Any) -> Node | None:
        """Settle one block in place; None if nothing is left of it."""
        if not isinstance(node, dict) or not isinstance(node.get("type"), str):
            raise TemplateError(f"every block is an object with a type, this is none: {node!r:.80}")
        return self._object(node, "", DEFAULT_TEXT_CHARACTERS)

    def _object(self, node: Node, place: str, most: int) -> Node | None:
        kind = self._kind(node, place)
        if kind is None:
            return None
        if kind in SETTLED:
            self._settle(node, kind, place)
        for key, value in list(node.items()):
            if isinstance(value, str):
                if key == "text":
                    self._text(node, kind, key, most)
                elif key != "type" and not self._string(node, kind, key, most):
                    return self._instead(node)
            elif not isinstance(value, bool):
                self._other(node, kind, key, most)
        return _complete(node, kind)

    def _other(self, node: Node, kind: str, key: str, most: int) -> None:
        value = node[key]
        if isinstance(value, dict):
            self._child(node, kind, key)
        elif isinstance(value, list):
            self._children(node, kind, key)
        elif value is None:
            del node[key]
        elif key == "text":
            node[key] = str(value)
            self._text(node, kind, key, most)

    def _settle(self, node: Node, kind: str, place: str) -> None:
        """What blocks of figures and steps need before their texts are looked at."""
        if kind in CELL_CHARACTERS:
            self.spilled += settle_rows(node, kind)
        elif kind == "plan":
            settle_steps(node)
        elif kind == "task_card" and place != "tasks":
            settle_card(node)
        elif kind == "data_visualization":
            node["chart"] = settle_chart(node.get("chart"))

    def _kind(self, node: Node, place: str) -> str | None:
        """What the limits call this object; None if data tries to be more than text."""
        kind = node.get("type")
        if isinstance(kind, str) and is_marked(kind):
            node["type"] = kind = plain(kind)
            if kind not in INERT_TYPES:
                return None
        if kind in ("plain_text", "mrkdwn"):
            return str(kind)
        return ROLES.get(place) or (kind if isinstance(kind, str) else place)

    def _string(self, node: Node, kind: str, key: str, most: int) -> bool:
        """Settle one string field; False if the whole object cannot stand."""
        if key.endswith("url"):
            return self._address(node, key)
        if key in OPAQUE:
            self._opaque(node, kind, key)
        elif is_marked(node[key]) and (key in MENTIONS or key in WORDS):
            return self._word(node, key)
        elif not node[key]:
            del node[key]
        elif is_marked(node[key]) or key in _SHOWN or (kind, key) in TEXT:
            self._text(node, kind, key, most)
        return True

    def _word(self, node: Node, key: str) -> bool:
        """Settle data in a field that means something to Slack rather than to readers."""
        word = node[key] = plain(node[key])
        if key in MENTIONS:
            return self._trusted and key == "user_id" and bool(_USER_ID.fullmatch(word))
        if word not in WORDS[key]:
            del node[key]
        return True

    def _text(self, node: Node, kind: str, key: str, most: int) -> None:
        raw: str = node[key]
        form = _FORMATTED_TEXT.get(kind, Leaf) if key == "text" else Leaf
        leaf = form(node, key, raw, TEXT.get((kind, key), most))
        # In rich text a lone space is a space; anywhere else Slack wants something to read.
        if not leaf.text or (kind != "text" and not leaf.text.strip()):
            del node[key]
            return
        self.leaves.append(leaf)
        if kind == "mrkdwn" and is_marked(raw):
            # Else Slack would make links of the addresses and mentions of the names in it.
            node["verbatim"] = True

    def _address(self, node: Node, key: str) -> bool:
        value: str = node[key]
        node[key] = plain(value)
        if not value or (is_marked(value) and not is_safe_url(node[key])):
            del node[key]
        return key in node or key in OPTIONAL_ADDRESSES

    def _opaque(self, node: Node, kind: str, key: str) -> None:
        value = node[key] = plain(node[key])
        most = OPTION_VALUE_CHARACTERS if (kind, key) == ("option", "value") else OPAQUE[key]
        if units(value) > most:
            raise TemplateError(f"{key} is longer than {most} characters: {value[:40]!r}…")
        if not value:
            del node[key]

    def _child(self, node: Node, kind: str, key: str) -> None:
        most = TEXT.get((kind, key), DEFAULT_TEXT_CHARACTERS)
        if key == "placeholder":
            most = PLACEHOLDER_CHARACTERS
        if self._object(node[key], key, most) is None:
            del node[key]

    def _children(self, node: Node, kind: str, key: str) -> None:
        most = TEXT.get((kind, key), DEFAULT_TEXT_CHARACTERS)
        items = node[key]
        if kind.startswith("rich_text"):
            items = with_dates(items, kind)
        kept = [done for item in items if (done := self._item(item, kind, key, most)) is not None]
        room = CHILDREN.get((kind, key), len(kept))
        if len(kept) > room:
            self._spill(kept[room:])
            del kept[room:]
        if kept:
            node[key] = kept
        else:
            del node[key]

    def _item(self, item: Any, kind: str, key: str, most: int) -> Any:
        if isinstance(item, dict):
            return self._object(item, key, most)
        if isinstance(item, list):
            return [
                self._item(each, kind, key, most) or {"type": "raw_text", "text": DASH}
                for each in item
            ]
        if isinstance(item, str):
            return plain(item)
        return item

    def _spill(self, lost: list[Any]) -> None:
        """Take back the texts under `lost` and keep their words for the overflow."""
        gone = {id(each) for item in lost for each in _dicts(item)}
        words = [leaf.whole() for leaf in self.leaves if id(leaf.holder) in gone]
        self.leaves = [leaf for leaf in self.leaves if id(leaf.holder) not in gone]
        self.spilled.append(" ".join(words))

    def _instead(self, node: Node) -> Node | None:
        held = words_instead(node)
        if held is not None:
            self.leaves.append(Leaf(held, "text", held["text"], DEFAULT_TEXT_CHARACTERS))
        return held


def _complete(node: Node, kind: str) -> Node | None:
    for key in DASHED.get(kind, ()):
        if key not in node:
            node[key] = DASH
    for group in NEEDED.get(kind, ()):
        for key in group:
            if key in node:
                break
        else:
            return None
    return node


def _dicts(item: Any) -> list[Node]:
    if isinstance(item, list):
        return [each for inner in item for each in _dicts(inner)]
    if not isinstance(item, dict):
        return []
    return [item, *(each for inner in item.values() for each in _dicts(inner))]

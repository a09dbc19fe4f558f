"""What Slack makes of blocks when it stores them."""

import json
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

from slack_playground.blocks.kinds.elements import ACTIONS, CONTEXT_ACTIONS, INPUTS
from slack_playground.blocks.markup import store_text
from slack_playground.blocks.places import NESTED, blocks_in, objects_in

_ELEMENTS = frozenset({*ACTIONS, *CONTEXT_ACTIONS, *INPUTS})
_write = json.JSONEncoder(sort_keys=True).encode


def normalise_blocks(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return a copy of valid blocks as Slack stores and sends them.

    Adds `emoji` and `verbatim` to text objects, turns bare addresses in mrkdwn
    into links, and makes the ids that are missing. The same blocks always get
    the same ids; Slack's are random.
    """
    storing = _Storing()
    stored = [storing.block(block) for block in blocks]
    storing.name_blocks()
    return stored


def walk_text_objects(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """
    Yield every mrkdwn text object and every markdown block, nested ones too.

    They are the objects themselves: what is added to them is in the blocks.
    """
    for place in blocks_in(blocks):
        for found in objects_in(place):
            if found.type in ("mrkdwn", "markdown") and isinstance(found.value.get("text"), str):
                yield found.value


class _Storing:
    """One walk over the blocks that copies, completes and notes what lacks an id."""

    def __init__(self) -> None:
        self._nameless: list[dict[str, Any]] = []
        self._block_ids: set[Any] = set()
        self._elements: list[dict[str, Any]] = []
        self._action_ids: set[Any] = set()

    def block(self, block: dict[str, Any]) -> dict[str, Any]:
        outer = self._elements, self._action_ids
        self._elements, self._action_ids = [], set()
        inside = NESTED.get(block.get("type", ""))
        stored = {
            name: [self.block(one) for one in value] if name == inside else self._value(value)
            for name, value in block.items()
        }
        if self._elements:
            make = _id_maker(self._action_ids)
            for element in self._elements:
                element["action_id"] = make(element)
        self._elements, self._action_ids = outer
        if "block_id" in stored:
            self._block_ids.add(stored["block_id"])
        elif "type" in stored:
            # The tasks of a plan are not blocks of their own to an app.
            self._nameless.append(stored)
        return stored

    def name_blocks(self) -> None:
        """Give every block without an id one that no other block has."""
        make = _id_maker(self._block_ids)
        for block in self._nameless:
            block["block_id"] = make(block)

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._object(value)
        return [self._value(one) for one in value] if isinstance(value, list) else value

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        kind = value.get("type")
        stored = {
            name: self._value(one) if isinstance(one, dict | list) else one
            for name, one in value.items()
        }
        if kind == "plain_text":
            stored.setdefault("emoji", True)
        elif kind == "mrkdwn":
            is_verbatim = stored.setdefault("verbatim", False)
            stored["text"] = store_text(stored["text"], has_links=not is_verbatim)
        elif "action_id" in stored:
            self._action_ids.add(stored["action_id"])
        elif kind in _ELEMENTS:
            self._elements.append(stored)
        return stored


def _id_maker(taken: set[Any]) -> Callable[[dict[str, Any]], str]:
    """Make ids that look like Slack's and are not in `taken`, which grows."""

    def make(value: dict[str, Any]) -> str:
        content = _write(value).encode()
        salt = 0
        while (new := _short_hash(content, salt)) in taken:
            salt += 1
        taken.add(new)
        return new

    return make


def _short_hash(content: bytes, salt: int) -> str:
    return blake2b(content, digest_size=4, salt=salt.to_bytes(8, "big")).hexdigest()

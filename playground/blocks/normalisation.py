"""What Slack makes of blocks when it stores them."""

import copy
import json
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

from playground.blocks.elements import ACTIONS, CONTEXT_ACTIONS, INPUTS
from playground.blocks.places import blocks_in, objects_in

_ELEMENTS = frozenset({*ACTIONS, *CONTEXT_ACTIONS, *INPUTS})


def normalise_blocks(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return a copy of valid blocks as Slack stores and sends them.

    Adds `emoji` and `verbatim` to text objects and makes the ids that are
    missing. The same blocks always get the same ids; Slack's are random.
    """
    stored = copy.deepcopy(blocks)
    places = list(blocks_in(stored))
    new_id = _id_maker({place.value.get("block_id") for place in places})
    for place in places:
        for found in objects_in(place):
            _complete_text(found.value)
        new_action_id = _id_maker({found.value.get("action_id") for found in objects_in(place)})
        for found in objects_in(place):
            if found.type in _ELEMENTS and "action_id" not in found.value:
                found.value["action_id"] = new_action_id(found.value)
        # The tasks of a plan are not blocks of their own to an app.
        if "type" in place.value and "block_id" not in place.value:
            place.value["block_id"] = new_id(place.value)
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


def _complete_text(found: dict[str, Any]) -> None:
    if found.get("type") == "plain_text":
        found.setdefault("emoji", True)
    elif found.get("type") == "mrkdwn":
        found.setdefault("verbatim", False)


def _id_maker(taken: set[Any]) -> Callable[[dict[str, Any]], str]:
    """Make ids that look like Slack's and are not in `taken`, which grows."""

    def make(value: dict[str, Any]) -> str:
        content = json.dumps(value, sort_keys=True).encode()
        salt = 0
        while (new := _short_hash(content, salt)) in taken:
            salt += 1
        taken.add(new)
        return new

    return make


def _short_hash(content: bytes, salt: int) -> str:
    return blake2b(content, digest_size=4, salt=salt.to_bytes(8, "big")).hexdigest()

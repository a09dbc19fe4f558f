"""The elements of a block that people act on."""

from collections.abc import Iterator
from typing import Any

from slack_playground.state import Record

# Blocks that hold blocks with ids of their own.
_NESTED = {"container": "child_blocks", "carousel": "elements"}


def blocks_with_nested(blocks: list[Record]) -> Iterator[Record]:
    for block in blocks:
        yield block
        yield from blocks_with_nested(block.get(_NESTED.get(block["type"], ""), []))


def elements_in(blocks: list[Record]) -> Iterator[tuple[Record, Record]]:
    """Yield every interactive element with the innermost block around it."""
    for block in blocks_with_nested(blocks):
        nested = _NESTED.get(block["type"])
        for name, value in block.items():
            if name != nested and isinstance(value, dict | list):
                for element in _elements(value):
                    yield block, element


def find_element(blocks: list[Record], block_id: str, action_id: str) -> Record | None:
    for block, element in elements_in(blocks):
        if block.get("block_id") == block_id and element["action_id"] == action_id:
            return element
    return None


def _elements(value: Any) -> Iterator[Record]:
    if isinstance(value, list):
        for one in value:
            yield from _elements(one)
    elif isinstance(value, dict):
        if "action_id" in value and "type" in value:
            yield value
        else:
            for one in value.values():
                if isinstance(one, dict | list):
                    yield from _elements(one)

"""Find blocks and objects inside a payload that may be anything at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

# Where a block holds other blocks.
NESTED = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}

# A block in a block in a block is refused already.
_BLOCK_DEPTH = 3
# Block Kit nests about twelve levels deep. What lies deeper stands in a field
# that is refused anyway, and pointers into it would grow with its depth.
_OBJECT_DEPTH = 20


@dataclass(frozen=True)
class Place:
    """An object and the JSON pointer at which it stands."""

    at: str
    value: dict[str, Any]

    @property
    def type(self) -> str:
        found = self.value.get("type")
        return found if isinstance(found, str) else ""

    @cached_property
    def objects(self) -> tuple["Place", ...]:
        """All objects in a block: looked for once, since several rules want them."""
        return tuple(objects_in(self))


def blocks_in(blocks: object, at: str = "", depth: int = _BLOCK_DEPTH) -> Iterator[Place]:
    """Yield every block in the order of reading: a block before the blocks inside it."""
    if not isinstance(blocks, list) or depth == 0:
        return
    for position, value in enumerate(blocks):
        if not isinstance(value, dict):
            continue
        place = Place(f"{at}/{position}", value)
        yield place
        inside = NESTED.get(place.type)
        if inside is not None:
            yield from blocks_in(value.get(inside), f"{place.at}/{inside}", depth - 1)


def objects_in(place: Place) -> Iterator[Place]:
    """Yield the object itself and all objects inside it but not those of nested blocks."""
    nested = NESTED.get(place.type)
    waiting: list[tuple[str, dict[str, Any] | list[Any], int]] = [(place.at, place.value, 0)]
    while waiting:
        at, value, depth = waiting.pop()
        if isinstance(value, dict):
            yield Place(at, value)
            inside = [(name, inner) for name, inner in value.items() if depth or name != nested]
        else:
            inside = [(str(position), inner) for position, inner in enumerate(value)]
        if depth < _OBJECT_DEPTH:
            # Backwards, because the last one in is the first one out.
            waiting.extend(
                (f"{at}/{name}", inner, depth + 1)
                for name, inner in reversed(inside)
                if isinstance(inner, dict | list)
            )


def text_length(place: Place) -> int:
    """Count the characters of all texts of a block, nested blocks left out."""
    return sum(
        len(words)
        for found in place.objects
        for name in ("text", "title")
        if isinstance(words := found.value.get(name), str)
    )

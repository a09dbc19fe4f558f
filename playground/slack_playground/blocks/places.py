"""Find blocks and objects inside a payload that may be anything at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Where a block holds other blocks.
NESTED = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}

# A block in a block in a block is refused already.
_BLOCK_DEPTH = 3
# Block Kit nests about twelve levels deep. What lies deeper stands in a field
# that is refused anyway, and pointers into it would grow with its depth.
_OBJECT_DEPTH = 20


@dataclass(slots=True)
class Place:
    """An object and the JSON pointer at which it stands."""

    at: str
    value: dict[str, Any]
    type: str = field(init=False, compare=False)
    # Looked for once each, since several rules want them.
    _values: list[dict[str, Any]] | None = field(init=False, compare=False, default=None)
    _objects: "tuple[Place, ...] | None" = field(init=False, compare=False, default=None)

    def __post_init__(self) -> None:
        found = self.value.get("type")
        self.type = found if isinstance(found, str) else ""

    @property
    def values(self) -> list[dict[str, Any]]:
        """All objects in a block without their places, which only a refusal needs."""
        if self._values is None:
            self._values = values_in(self.value, NESTED.get(self.type))
        return self._values

    @property
    def objects(self) -> "tuple[Place, ...]":
        """All objects in a block."""
        if self._objects is None:
            self._objects = tuple(objects_in(self))
        return self._objects


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


def values_in(block: dict[str, Any], nested: str | None) -> list[dict[str, Any]]:
    """Return what `objects_in` finds, in any order."""
    found = [block]
    level: list[Any] = [one for name, one in block.items() if name != nested]
    # Level by level, so that depth costs no recursion.
    for _ in range(_OBJECT_DEPTH):
        inside: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                found.append(value)
                inside.extend(value.values())
            elif isinstance(value, list):
                inside.extend(value)
        if not inside:
            break
        level = inside
    return found


def text_length(place: Place) -> int:
    """Count the characters of all texts of a block, nested blocks left out."""
    total = 0
    for value in place.values:
        for name in ("text", "title"):
            words = value.get(name)
            if isinstance(words, str):
                total += len(words)
    return total

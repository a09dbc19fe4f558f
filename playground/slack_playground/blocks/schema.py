"""
The little language in which the block catalogue is written.

A `Shape` says what a JSON value must look like; `walker.py` is the only code
that compares values with shapes. What one shape cannot say, because it
concerns several fields at once, is a `Rule` beside it: a small function that
may rely on nothing, since it also sees objects whose fields are wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from re import Pattern
from typing import Any, Literal

from slack_playground.blocks.problem import Problem

Surface = Literal["message", "modal", "home"]
Rule = Callable[[Mapping[str, Any], str], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Text:
    """A string of `least` to `most` characters; `pattern` must match all of it."""

    most: int | None = None
    least: int = 1
    pattern: Pattern[str] | None = None
    wanted: str = "match the required pattern"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few strings."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number (never a boolean) from `least` to `most`, or above `above`."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON object whose inside Slack does not describe."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of `least` to `most` items of one shape; `unique` forbids equal strings."""

    item: "Shape"
    least: int = 0
    most: int | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Nullable:
    """The shape, or null."""

    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Either:
    """A value of one of two shapes, as where Slack takes a number or its digits."""

    first: "Shape"
    second: "Shape"


@dataclass(frozen=True, slots=True)
class Object:
    """
    An object with exactly these fields: Slack refuses any other.

    An `open` one is let through with fields that nobody knows.
    """

    required: Mapping[str, "Shape"] = field(default_factory=dict)
    optional: Mapping[str, "Shape"] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    open: bool = False
    fields: Mapping[str, "Shape"] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", {**self.required, **self.optional})


@dataclass(frozen=True, slots=True)
class Kind:
    """An object told apart from others by its `type`; `surfaces` matters to blocks only."""

    type: str
    shape: Object
    surfaces: frozenset[Surface] = frozenset()


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object of one of several kinds."""

    kinds: Mapping[str, Kind]


Shape = Text | Choice | Number | Flag | Anything | ListOf | Nullable | Either | Object | OneOf

Fields = Mapping[str, Shape]

_SURFACES: dict[str, Surface] = {"M": "message", "V": "modal", "H": "home"}


def one_of(*kinds: Kind) -> OneOf:
    return OneOf({kind.type: kind for kind in kinds})


def kind(type_: str, required: Fields, optional: Fields, *rules: Rule) -> Kind:
    """An object whose `type` must be `type_`."""
    return Kind(type_, Object({"type": Choice((type_,)), **required}, optional, rules))


def element(type_: str, required: Fields, optional: Fields, *rules: Rule) -> Kind:
    """An interactive element: a kind that may carry an `action_id`."""
    return kind(type_, required, {"action_id": Text(255), **optional}, *rules)


def block(type_: str, surfaces: str, required: Fields, optional: Fields, *rules: Rule) -> Kind:
    """A block; `surfaces` are letters as in the docs: Message, View (modal), Home."""
    named = frozenset(_SURFACES[letter] for letter in surfaces)
    shape = Object(
        {"type": Choice((type_,)), **required}, {"block_id": Text(255), **optional}, rules
    )
    return Kind(type_, shape, named)


def index(kinds: Iterable[Kind]) -> dict[str, Kind]:
    return {each.type: each for each in kinds}

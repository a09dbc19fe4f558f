"""
Stored templates without logic, which most are: JSON with holes in it.

`{{ order.total|number }}` cannot run away: it looks up a value and prints it. Such a template is
compiled once, without Jinja, and filled here in the bot. Any other template, and any large payload,
goes to a worker process. The result is the same as Jinja's.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jinja2

from bot.errors import TemplateError
from bot.messages.rendering.escaping import CLOSE, OPEN, Fragment, clean
from bot.messages.rendering.filters import finalize
from bot.messages.rendering.jinja_environment import parse_message

MAX_SOURCE_CHARACTERS = 20_000
_MAX_HOLES = 200
#: Of all values together; more is a worker's work.
MAX_HOLE_CHARACTERS = 20_000
_MAX_VALUE_ITEMS = 1_000

_FILTERS = frozenset(
    {"abs", "bar", "capitalize", "clock", "count", "cut", "d", "date", "default", "duration"}
    | {"first", "float", "int", "json", "last", "length", "line", "lower", "number", "round"}
    | {"string", "title", "tojson", "trim", "upper"}
)
_AS_JSON = frozenset({"json", "tojson"})
#: Names that are not, or not only, a field of the payload.
_RESERVED_NAMES = frozenset(
    {"and", "else", "false", "False", "if", "in", "is", "loop", "none", "None", "not", "or"}
    | {"caller", "kwargs", "range", "self", "super", "true", "True", "varargs"}
)
_ARGUMENT = r"""(?:"[^"\\{}\n]*"|'[^'\\{}\n]*'|-?(?:0|[1-9][0-9]{0,5}))"""
_FILTER = rf"[a-z]+(?:\({_ARGUMENT}(?:,[ ]?{_ARGUMENT})*\))?"
_HOLE = re.compile(
    r"\{\{[ \n]*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    rf"((?:[ ]?\|[ ]?{_FILTER})*)[ \n]*\}}\}}"
)
_FILTER_CALL = re.compile(rf"\|[ ]?([a-z]+)(?:\(((?:{_ARGUMENT}(?:,[ ]?)?)+)\))?")
_ARGUMENTS = re.compile(_ARGUMENT)
#: Logic, comments, and characters that may become something else next to a value.
_NOT_PLAIN = re.compile("\\{%|\\{#|[\ufdd0-\ufdef]|\\\\u[fF][dD]|\\\\u[dD][89a-fA-F]")
_MARKER = re.compile("\ufdd4([0-9]+)\ufdd5")
_NEWLINE = re.compile("\r\n|\r|\n")


class ShownValue(NamedTuple):
    """
    The value in a hole: data, or something as safe as the template's own text, such as a number.
    """

    text: str
    is_data: bool = False

    @property
    def marked(self) -> str:
        return OPEN + self.text + CLOSE if self.is_data else self.text


class TooLargeError(Exception):
    """A payload is too large to be worked on here."""


@dataclass(frozen=True)
class _Placeholder:
    """Where a value comes from, and the filters that it goes through."""

    name: str
    path: Sequence[str]
    filters: Sequence[tuple[str, Sequence[Any]]]
    is_json: bool = False  # the last filter makes JSON of it


class LogiclessTemplate:
    """A tree of JSON whose strings may have holes, or be nothing but one that is JSON itself."""

    def __init__(
        self, tree: Any, holes: Sequence[_Placeholder], environment: jinja2.Environment
    ) -> None:
        self.holes = holes
        #: How often a hole stands in the tree; less than there are if a field is named twice.
        self.places = _count_holes(tree)
        self._tree = tree
        self._environment = environment

    def values(self, context: Mapping[str, Any]) -> list[Any]:
        """
        Return what the holes show: a `Shown` each, or for one that is JSON the value itself.

        Raises `TooLargeError`, or what the filters raise.
        """
        room = _SizeBudget()
        return [self._value(hole, context, room) for hole in self.holes]

    def filled(self, values: Sequence[Any]) -> Any:
        """Return the template's JSON with these values in its holes, data marked as such."""
        return _filled(self._tree, values)

    def _value(self, hole: _Placeholder, context: Mapping[str, Any], room: "_SizeBudget") -> Any:
        is_given = hole.name in context
        value: Any = context[hole.name] if is_given else self._environment.undefined(name=hole.name)
        for name in hole.path:
            is_there = type(value) is dict and name in value
            value = value[name] if is_there else self._environment.getattr(value, name)
        room.take(value)
        for name, arguments in hole.filters:
            value = self._environment.call_filter(name, value, [*arguments])
        return parse_message(str(value)) if hole.is_json else _shown(value)


class _SizeBudget:
    """How much is left for the values of one message."""

    __slots__ = ("characters", "items")

    def __init__(self) -> None:
        self.characters, self.items = MAX_HOLE_CHARACTERS, _MAX_VALUE_ITEMS

    def take(self, value: Any) -> None:
        if type(value) is str:  # The usual case first.
            self.characters -= len(value)
            if self.characters < 0:
                raise TooLargeError
            return
        waiting = [value]
        while waiting:
            one = waiting.pop()
            self.items -= 1
            if isinstance(one, str):
                self.characters -= len(one)
            elif isinstance(one, dict):
                waiting += one.values()
                self.characters -= sum(map(len, one))
            elif isinstance(one, list):
                waiting += one
            if self.characters < 0 or self.items < 0 or len(waiting) > self.items:
                raise TooLargeError


def compile_logicless(source: str, environment: jinja2.Environment) -> LogiclessTemplate | None:
    """Return a stored template ready to be filled, or None if it says more than where values go."""
    if len(source) > MAX_SOURCE_CHARACTERS or _NOT_PLAIN.search(source):
        return None
    count = source.count("{{")
    found = [*_HOLE.finditer(source)]
    if count != len(found) or count > _MAX_HOLES:
        return None
    holes = [_hole(one[1], one[2]) for one in found]
    if None in holes:
        return None
    known = [hole for hole in holes if hole]
    numbers = iter(range(count))

    def place(_: re.Match[str]) -> str:
        number = next(numbers)
        mark = f"\ufdd4{number}\ufdd5"
        return f'"{mark}"' if known[number].is_json else mark

    try:
        tree = parse_message(_NEWLINE.sub("\n", _HOLE.sub(place, source)))
        return LogiclessTemplate(_with_places(tree, known), known, environment)
    except (TemplateError, RecursionError, ValueError):
        return None


def _hole(path: str, filters: str) -> _Placeholder | None:
    first, *rest = path.split(".")
    calls = [(one[1], _arguments(one[2] or "")) for one in _FILTER_CALL.finditer(filters)]
    are_known = all(name in _FILTERS for name, _ in calls)
    # Jinja finds an object's own methods before its fields.
    if first in _RESERVED_NAMES or not are_known or any(hasattr(dict, name) for name in rest):
        return None
    if any(name in _AS_JSON for name, _ in calls[:-1]):
        return None
    return _Placeholder(first, rest, calls, is_json=bool(calls) and calls[-1][0] in _AS_JSON)


def _arguments(text: str) -> list[Any]:
    return [one[1:-1] if one[0] in "\"'" else int(one) for one in _ARGUMENTS.findall(text)]


class _Text(NamedTuple):
    """A string with holes: the words of the template, and the numbers of the holes between."""

    parts: Sequence[str | int]


class _Json(NamedTuple):
    """The place of a value that is JSON."""

    number: int


def _with_places(node: Any, holes: Sequence[_Placeholder]) -> Any:
    """The tree with its holes found; raises ValueError where one cannot be."""
    if isinstance(node, dict):
        if any(_MARKER.search(key) for key in node):
            raise ValueError("a field's name has a hole in it")
        return {key: _with_places(value, holes) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_places(one, holes) for one in node]
    if not isinstance(node, str) or not _MARKER.search(node):
        return node
    pieces = _MARKER.split(node)
    parts = [int(one) if at % 2 else one for at, one in enumerate(pieces) if at % 2 or one]
    as_json = [one for one in parts if isinstance(one, int) and holes[one].is_json]
    if not as_json:
        return _Text(parts)
    if len(parts) > 1:
        raise ValueError("JSON stands among words")
    return _Json(as_json[0])


def _count_holes(node: Any) -> int:
    if isinstance(node, _Text):
        return sum(isinstance(one, int) for one in node.parts)
    if isinstance(node, _Json):
        return 1
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return sum(map(_count_holes, inner))


def _filled(node: Any, values: Sequence[Any]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, values) for key, value in node.items()}
    if isinstance(node, _Text):
        return "".join([one if isinstance(one, str) else values[one].marked for one in node.parts])
    if isinstance(node, _Json):
        return values[node.number]
    if isinstance(node, list):
        return [_filled(one, values) for one in node]
    return node


def _shown(value: Any) -> ShownValue:
    """The same as `finalize` prints, but not as the inside of a JSON string."""
    if type(value) is str:
        return ShownValue(clean(value), is_data=True) if value else ShownValue("")
    text = finalize(value)
    if isinstance(text, Fragment) or not text.startswith(OPEN):
        return ShownValue(text)
    return ShownValue(json.loads(f'"{text[1:-1]}"', strict=False), is_data=True)

"""
Say whether a JSON value has a shape, and nothing more.

Most payloads are fine. This says so several times faster than `walker.py`,
which finds the places and the words for those that are not; a test holds the
two to the same verdict.
"""

from collections.abc import Callable
from typing import Any

from slack_playground.blocks.schema import (
    Anything,
    Choice,
    Either,
    Flag,
    ListOf,
    Nullable,
    Number,
    Object,
    OneOf,
    Shape,
    Text,
)
from slack_playground.blocks.walker import check


def fits(shape: Shape, value: object) -> bool:
    return _FITS[type(shape)](shape, value)


def _object(shape: Object, value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    fields = shape.fields
    if not shape.required.keys() <= value.keys():
        return False
    if not (shape.open or value.keys() <= fields.keys()):
        return False
    for name, inner in value.items():
        wanted = fields.get(name)
        if wanted is not None and not _FITS[type(wanted)](wanted, inner):
            return False
    # A plain loop: a generator here is a tenth of the whole time.
    for rule in shape.rules:  # noqa: SIM110
        if next(rule(value, ""), None) is not None:
            return False
    return True


def _one_of(shape: OneOf, value: Any) -> bool:
    kind = value.get("type") if isinstance(value, dict) else None
    return isinstance(kind, str) and kind in shape.kinds and _object(shape.kinds[kind].shape, value)


def _list(shape: ListOf, value: Any) -> bool:
    if not isinstance(value, list) or len(value) < shape.least:
        return False
    if shape.most is not None and len(value) > shape.most:
        return False
    item, fits_item = shape.item, _FITS[type(shape.item)]
    for inner in value:
        if not fits_item(item, inner):
            return False
    return not shape.unique or not any(check(shape, value, ""))


def _text(shape: Text, value: Any) -> bool:
    if not isinstance(value, str) or len(value) < shape.least:
        return False
    if shape.most is not None and len(value) > shape.most:
        return False
    return shape.pattern is None or shape.pattern.fullmatch(value) is not None


def _nullable(shape: Nullable, value: object) -> bool:
    return value is None or fits(shape.shape, value)


def _either(shape: Either, value: object) -> bool:
    return fits(shape.first, value) or fits(shape.second, value)


def _choice(shape: Choice, value: object) -> bool:
    return isinstance(value, str) and value in shape.values


def _flag(_: Flag, value: object) -> bool:
    return isinstance(value, bool)


def _number(shape: Number, value: object) -> bool:
    return not any(check(shape, value, ""))


def _anything(_: Anything, value: object) -> bool:
    return isinstance(value, dict)


_FITS: dict[type, Callable[[Any, Any], bool]] = {
    Text: _text,
    Number: _number,
    Object: _object,
    OneOf: _one_of,
    ListOf: _list,
    Nullable: _nullable,
    Either: _either,
    Choice: _choice,
    Flag: _flag,
    Anything: _anything,
}

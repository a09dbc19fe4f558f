"""
Compare a JSON value with a shape.

Nothing here recurses deeper than the shapes do, which are finite, so a
payload nested a million times costs no more than one that is wrong at once.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeGuard

from slack_playground.blocks import problem
from slack_playground.blocks.problem import Problem
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


def check(shape: Shape, value: object, at: str) -> Iterator[Problem]:
    """Yield what is wrong with `value`, which stands at the JSON pointer `at`."""
    return _CHECKS[type(shape)](shape, value, at)


def check_object(shape: Object, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield problem.wrong_type(at, "provide an object")
        return
    for name in shape.required:
        if name not in value:
            yield problem.missing(at, name)
    for name, inner in value.items():
        if name in shape.fields:
            yield from check(shape.fields[name], inner, f"{at}/{name}")
        elif not shape.open:
            yield problem.unexpected(at, name)
    for rule in shape.rules:
        yield from rule(value, at)


def _check_one_of(shape: OneOf, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield problem.wrong_type(at, "provide an object")
    elif "type" not in value:
        yield problem.missing(at, "type")
    elif not isinstance(value["type"], str):
        yield problem.wrong_type(f"{at}/type", "provide a string")
    elif value["type"] not in shape.kinds:
        yield problem.unsupported_type(at, value["type"], shape.kinds)
    else:
        yield from check_object(shape.kinds[value["type"]].shape, value, at)


def _check_list(shape: ListOf, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield problem.wrong_type(at, "provide an array")
        return
    if len(value) < shape.least:
        yield problem.too_few(at, shape.least, len(value))
    if shape.most is not None and len(value) > shape.most:
        yield problem.too_many(at, shape.most, len(value))
    for position, item in enumerate(value):
        yield from check(shape.item, item, f"{at}/{position}")
    if shape.unique and _repeats(value):
        yield problem.failed(at, "Input contains duplicate items", "unique_items")


def _check_text(shape: Text, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield problem.wrong_type(at, "provide a string")
    elif len(value) < shape.least:
        yield problem.too_short(at, shape.least, len(value))
    elif shape.most is not None and len(value) > shape.most:
        yield problem.too_long(at, shape.most, len(value))
    elif shape.pattern is not None and not shape.pattern.fullmatch(value):
        yield problem.failed(
            at, f"must {shape.wanted}", "pattern", expected=shape.pattern.pattern, got=value
        )


def _check_number(shape: Number, value: object, at: str) -> Iterator[Problem]:
    if is_number(value) and (isinstance(value, int) or not shape.whole):
        yield from _check_range(shape, value, at)
    else:
        yield problem.wrong_type(at, "provide an integer" if shape.whole else "provide a number")


def _check_range(shape: Number, value: float, at: str) -> Iterator[Problem]:
    if shape.least is not None and value < shape.least:
        yield _too_small(at, shape.least, value, "minimum")
    elif shape.above is not None and value <= shape.above:
        yield _too_small(at, shape.above, value, "exclusive_minimum")
    elif shape.most is not None and value > shape.most:
        yield problem.failed(
            at, f"must be less than {shape.most}", "maximum", expected=shape.most, got=value
        )


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a JSON value is a finite number; JSON's booleans are not numbers."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _too_small(at: str, least: float, value: object, kind: str) -> Problem:
    return problem.failed(at, f"must be greater than {least}", kind, expected=least, got=value)


def _check_nullable(shape: Nullable, value: object, at: str) -> Iterator[Problem]:
    if value is not None:
        yield from check(shape.shape, value, at)


def _check_either(shape: Either, value: object, at: str) -> Iterator[Problem]:
    """Say what is wrong in the words of the first shape."""
    problems = list(check(shape.first, value, at))
    if problems and any(check(shape.second, value, at)):
        yield from problems


def _check_choice(shape: Choice, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield problem.wrong_type(at, "provide a string")
    elif value not in shape.values:
        expected = list(shape.values)
        yield problem.failed(at, "must be a valid enum value", "enum", expected=expected, got=value)


def _check_flag(_: Flag, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield problem.wrong_type(at, "be a boolean")


def _check_anything(_: Anything, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield problem.wrong_type(at, "provide an object")


_CHECKS: dict[type, Callable[[Any, object, str], Iterator[Problem]]] = {
    Text: _check_text,
    Number: _check_number,
    Object: check_object,
    OneOf: _check_one_of,
    ListOf: _check_list,
    Nullable: _check_nullable,
    Either: _check_either,
    Choice: _check_choice,
    Flag: _check_flag,
    Anything: _check_anything,
}


def _repeats(values: list[Any]) -> bool:
    strings = [value for value in values if isinstance(value, str)]
    return len(set(strings)) < len(strings)

"""
JSON Schema keywords that we evaluate ourselves, exactly and in linear time. Pure.

Patterns run in RE2, which always ends and refuses patterns that need backtracking.
`uniqueItems` does not compare every pair of items; `multipleOf` accepts numbers of any size.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

_MAX_PATTERN_CHARACTERS = 1_000
#: A pattern of texts that Slack takes: it refuses a message of nothing but spaces.
SOMETHING = "\\S"
#: Of one pattern, in bytes; RE2 gets slower with less, and never larger.
_PATTERN_MEMORY = 4 * 1024 * 1024
#: An escape, and the code of one that JSON Schema's dialect has and RE2 writes otherwise.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)

_FoundProblems = Iterator[ValidationError]
#: What a pattern raises that RE2 does not take.
PatternError: type[Exception] = re2.error


def pattern_problem(pattern: str) -> str | None:
    """Return why a pattern cannot be used, None if it can."""
    if len(pattern) > _MAX_PATTERN_CHARACTERS:
        return f"a pattern has at most {_MAX_PATTERN_CHARACTERS:,} characters"
    try:
        _compiled_pattern(pattern)
    except PatternError as error:
        reason = error.args[0] if error.args else error
        words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        return (
            f"the pattern cannot be used ({words}): patterns are RE2's, which has neither "
            "look-around nor references back"
        )
    return None


def matches(pattern: str, text: str) -> bool:
    """Tell whether *pattern* is found in *text*; raises `PatternError`."""
    if pattern == SOMETHING:  # RE2 takes only ASCII's spaces for such.
        return bool(text.strip())
    return _compiled_pattern(pattern).search(_encodable(text)) is not None


@lru_cache(maxsize=1_000)
def _compiled_pattern(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = _PATTERN_MEMORY
    options.log_errors = False
    return re2.compile(_ESCAPE.sub(_as_re2, _encodable(pattern)), options)


def _as_re2(escape: re.Match[str]) -> str:
    return f"\\x{{{escape[1]}}}" if escape[1] else escape[0]


def _encodable(text: str) -> str:
    """Return the text without halves of surrogate pairs, which UTF-8 cannot say."""
    return text.encode("utf-8", "replace").decode()


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> _FoundProblems:
    if validator.is_type(instance, "string") and not matches(pattern, instance):
        yield ValidationError(f"{instance!r:.200} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Any, instance: Any, _schema: Any
) -> _FoundProblems:
    if not validator.is_type(instance, "object"):
        return
    for pattern, inner in patterns.items():
        for name, value in instance.items():
            if matches(pattern, name):
                yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, inner: Any, instance: Any, schema: Any
) -> _FoundProblems:
    if not validator.is_type(instance, "object"):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extra = [
        name
        for name in instance
        if name not in known and not any(matches(pattern, name) for pattern in patterns)
    ]
    if validator.is_type(inner, "object"):
        for name in extra:
            yield from validator.descend(instance[name], inner, path=name)
    elif not inner and extra:
        names = ", ".join(repr(name) for name in sorted(extra))
        verb = "was" if len(extra) == 1 else "were"
        yield ValidationError(
            f"Additional properties are not allowed ({names:.200} {verb} unexpected)"
        )


def _unique_items(validator: Any, is_asked: Any, instance: Any, _schema: Any) -> _FoundProblems:
    if not is_asked or not validator.is_type(instance, "array"):
        return
    keys = {_identity(item) for item in instance}
    if len(keys) < len(instance):
        yield ValidationError("has non-unique elements")


def _identity(value: Any) -> Any:
    """Return something hashable that is equal exactly where JSON Schema calls values equal."""
    if isinstance(value, dict):
        return "object", frozenset((name, _identity(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return "array", tuple(_identity(item) for item in value)
    return type(value) is bool, value  # 1 is 1.0, but neither is true.


def _multiple_of(validator: Any, divisor: Any, instance: Any, _schema: Any) -> _FoundProblems:
    if validator.is_type(instance, "number") and _fraction(instance) % _fraction(divisor):
        yield ValidationError(f"{instance!r:.200} is not a multiple of {divisor!r:.200}")


def _fraction(number: float) -> Fraction:
    # 0.1 is meant as a tenth, not as the binary fraction beside it.
    return Fraction(number if isinstance(number, int) else Decimal(repr(number)))


Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
        "multipleOf": _multiple_of,
    },
)

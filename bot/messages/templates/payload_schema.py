"""
Validates a payload against its template's JSON Schema, and checks the schemas themselves.

Schemas come from the API: they may fetch nothing, and tenants' schemas run in worker processes.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from bot.errors import FieldProblem
from bot.messages.templates.schema_keywords import (
    SOMETHING,
    PatternError,
    Validator,
    pattern_problem,
)

MAX_PAYLOAD_PROBLEMS = 20
#: Maximum number of violations collected; the first ones are reported.
_MAX_ERRORS = 1_000
_NO_PROBLEMS: list[FieldProblem] = []
#: What a schema can raise that was stored: it leads nowhere, or a pattern is not RE2's.
_FAILURES = (Unresolvable, RecursionError, ArithmeticError, PatternError, re.error)


def payload_problems(payload: dict[str, Any], schema: str | None) -> list[FieldProblem]:
    """Return the violations in *payload*, each with its path; *schema* is JSON."""
    if not schema:
        return _NO_PROBLEMS
    try:
        errors = list(islice(_compiled(schema).iter_errors(payload), _MAX_ERRORS))
    except _FAILURES as error:
        reason = str(error)[:300] or type(error).__name__
        return [FieldProblem("payload", f"the template's schema cannot be followed: {reason}")]
    errors.sort(key=lambda error: [str(part) for part in error.absolute_path])
    return [
        FieldProblem(_schema_path(error), _in_words(error))
        for error in errors[:MAX_PAYLOAD_PROBLEMS]
    ]


def _in_words(error: ValidationError) -> str:
    is_blank = error.validator == "pattern" and error.validator_value == SOMETHING
    return "must not be blank" if is_blank else error.message[:300]


def _schema_path(error: ValidationError) -> str:
    """Return e.g. `payload.items[0].price`."""
    path = "payload"
    for part in error.absolute_path:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path


def schema_problems(schema: dict[str, Any]) -> list[FieldProblem]:
    """Return why this cannot be the schema of a payload."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = "".join(f".{part}" for part in error.absolute_path)
        return [FieldProblem(f"schema{where}", error.message[:300])]
    except RecursionError:
        return [FieldProblem("schema", "is nested too deeply")]
    return list(_dangers(schema, "schema")) or list(_dead_ends(schema, schema, "schema"))


def _dead_ends(node: Any, whole: dict[str, Any], path: str) -> Iterator[FieldProblem]:
    """Yield references that lead nowhere, or in circles."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _dead_ends(item, whole, f"{path}[{number}]")
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _dead_ends(value, whole, f"{path}.{name}")
    if isinstance(node, dict) and isinstance(node.get("$ref"), str) and not _leads(node, whole):
        yield FieldProblem(f"{path}.$ref", f"`{node['$ref']}` leads to nothing")


def _leads(node: Any, whole: dict[str, Any]) -> bool:
    seen = set()
    resolver = Registry().with_resource("", DRAFT202012.create_resource(whole)).resolver()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        if node["$ref"] in seen:
            return False
        seen.add(node["$ref"])
        try:
            node = resolver.lookup(node["$ref"]).contents
        except Unresolvable:
            return False
    return True


def _dangers(node: Any, path: str) -> Iterator[FieldProblem]:
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _dangers(item, f"{path}[{number}]")
    if isinstance(node, dict):
        yield from _dangers_here(node, path)
        for name, value in node.items():
            yield from _dangers(value, f"{path}.{name}")


def _dangers_here(node: dict[str, Any], path: str) -> Iterator[FieldProblem]:
    reference = node.get("$ref", node.get("$dynamicRef", "#"))
    if isinstance(reference, str) and not reference.startswith("#"):
        yield FieldProblem(f"{path}.$ref", "may point into this schema only (`#/$defs/…`)")
    patterns = [node["pattern"]] if isinstance(node.get("pattern"), str) else []
    if isinstance(node.get("patternProperties"), dict):
        patterns += node["patternProperties"]
    for pattern in patterns:
        problem = pattern_problem(pattern)
        if problem:
            yield FieldProblem(f"{path}.pattern", problem)


@lru_cache(maxsize=256)
def _compiled(schema: str) -> Any:
    """Return the validator of a schema, given as JSON; it fetches nothing."""
    return Validator(json.loads(schema), registry=Registry())

"""Sample payloads for trying a template before anybody sends one. Pure."""

from collections.abc import Iterator
from typing import Any

import jinja2
from jinja2 import nodes

_MAX_SAMPLE_DEPTH = 6
_SAMPLE_WORDS = "sample"
BY_FORMAT = {
    "date-time": "2026-11-20T10:00:00+00:00",
    "date": "2026-11-20",
    "email": "ada@example.com",
    "uri": "https://example.com/",
}
#: Names that mean something without being in a payload.
_GIVEN = frozenset({"payload", "revision", "range", "loop"})
_PLAIN_TYPES: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "null": None}


def samples_of(body: str, schema: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """
    Yield payloads to try the template with; it must work with one of them.

    The schema's own examples come first, then what it describes; without a schema, names as text,
    names as numbers, and an empty payload.
    """
    if schema:
        given = schema.get("examples") or [schema.get("default")]
        yield from (one for one in given if isinstance(one, dict))
        yield {
            **_guesses(body, _SAMPLE_WORDS),
            **_sample_object(sample(schema, schema, _MAX_SAMPLE_DEPTH)),
        }
        return
    yield _guesses(body, _SAMPLE_WORDS)
    yield _guesses(body, 1)
    yield _guesses(body, [])
    yield {}


def _guesses(body: str, value: Any) -> dict[str, Any]:
    try:
        tree = jinja2.Environment().parse(body)  # noqa: S701
    except (jinja2.TemplateError, RecursionError):
        return {}  # Drawing it will say where.
    # Not jinja2.meta: it compiles, and works constants like 'x' * 10**9 out outside the sandbox.
    names = {(name.name, name.ctx) for name in tree.find_all(nodes.Name)}
    free = {name for name, ctx in names if ctx == "load" and (name, "store") not in names}
    return dict.fromkeys(sorted(free - _GIVEN), value)


def sample(schema: Any, whole: dict[str, Any], depth: int) -> Any:
    """Return a value that a usual schema describes."""
    if not isinstance(schema, dict) or depth == 0:
        return _SAMPLE_WORDS
    given = [schema[name] for name in ("const", "default") if name in schema]
    for name in ("examples", "enum"):
        given += _as_list(schema.get(name))
    if given:
        return given[0]
    others = [one for name in ("oneOf", "anyOf", "allOf") for one in _as_list(schema.get(name))]
    if isinstance(schema.get("$ref"), str):
        others.insert(0, _pointed_at(schema["$ref"], whole))
    return sample(others[0], whole, depth - 1) if others else _of_type(schema, whole, depth)


def _of_type(schema: dict[str, Any], whole: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object":
        properties = _sample_object(schema.get("properties"))
        return {name: sample(one, whole, depth - 1) for name, one in properties.items()}
    if kind == "array":
        return [sample(schema.get("items", {}), whole, depth - 1)]
    if kind in ("integer", "number"):
        return schema.get("minimum", _PLAIN_TYPES[kind])
    return _PLAIN_TYPES.get(str(kind), BY_FORMAT.get(str(schema.get("format")), _SAMPLE_WORDS))


def _pointed_at(reference: str, whole: dict[str, Any]) -> Any:
    found: Any = whole
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = _sample_object(found).get(part, {}) if part else found
    return found


def _sample_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

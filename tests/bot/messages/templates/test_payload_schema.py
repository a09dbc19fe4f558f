"""A payload against its schema: every problem with its path, and no schema that bites."""

import json

import pytest

from bot.messages.templates.payload_schema import (
    MAX_PAYLOAD_PROBLEMS,
    payload_problems,
    schema_problems,
)

ORDER = {
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "integer"},
        "items": {
            "type": "array",
            "items": {"properties": {"price": {"type": "number", "minimum": 0}}},
        },
    },
}


def problems(payload, schema):
    """Return the paths of what is wrong."""
    return [one.field for one in payload_problems(payload, schema and json.dumps(schema))]


def test_without_a_schema_anything_goes():
    """A template that says nothing of its payload takes every payload."""
    assert problems({"anything": [1, {}]}, None) == []


def test_every_problem_has_its_path():
    """Missing fields, wrong types and wrong values deep inside are named where they are."""
    wrong = {"number": "x", "items": [{"price": 1}, {"price": -1}]}

    assert problems({"number": 1, "items": [{"price": 3}]}, ORDER) == []
    assert problems({}, ORDER) == ["payload"]
    assert problems(wrong, ORDER) == ["payload.items[1].price", "payload.number"]


def test_a_flood_of_problems_is_cut():
    """Twenty are enough to see what is wrong."""
    wrong = {"number": 1, "items": [{"price": -1}] * 100}

    assert len(problems(wrong, ORDER)) == MAX_PAYLOAD_PROBLEMS


def test_a_schema_that_leads_nowhere_is_a_problem_not_an_error():
    """A pointer to nothing, or one that runs in circles, refuses the payload with a reason."""
    assert problems({}, {"$ref": "#/$defs/none"}) == ["payload"]
    assert problems({}, {"$ref": "#"}) == ["payload"]


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({"type": "nonsense"}, "schema.type"),
        ({"$ref": "https://127.0.0.1/other.json"}, "schema.$ref"),
        ({"properties": {"a": {"$dynamicRef": "file:///x"}}}, "schema.properties.a.$ref"),
        ({"anyOf": [{}, {"pattern": "a(?=b)"}]}, "schema.anyOf[1].pattern"),
        ({"patternProperties": {"(?<!x)y": {}}}, "schema.pattern"),
        ({"pattern": r"(a)\1"}, "schema.pattern"),
        ({"pattern": "a" * 1_001}, "schema.pattern"),
        ({"pattern": "((a{100}){100}){100}"}, "schema.pattern"),
    ],
)
def test_a_schema_that_may_fetch_or_never_end_is_refused(schema, field):
    """Nothing outside the schema, and no pattern that can take for ever."""
    assert field in [one.field for one in schema_problems(schema)]


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({"$ref": "#"}, "schema.$ref"),
        ({"properties": {"a": {"$ref": "#/$defs/none"}}}, "schema.properties.a.$ref"),
        ({"anyOf": [{"$ref": "#nobody"}]}, "schema.anyOf[0].$ref"),
        (
            {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
            "schema.$defs.a.$ref",
        ),
    ],
)
def test_a_schema_that_leads_nowhere_is_refused(schema, field):
    """It would be stored, and then refuse every payload."""
    assert field in [one.field for one in schema_problems(schema)]


@pytest.mark.parametrize(
    "schema",
    [
        ORDER,
        {"$ref": "#/$defs/a", "$defs": {"a": {"pattern": "^[a-z]+-[0-9]{4}$"}}},
        {"properties": {"child": {"$ref": "#"}, "other": {"$ref": "#leaf"}}}
        | {"$defs": {"leaf": {"$anchor": "leaf", "type": "string"}}},
    ],
)
def test_a_usual_schema_is_taken(schema):
    """Pointers inside and plain patterns are what schemas are made of."""
    assert schema_problems(schema) == []


def test_a_schema_without_end_is_refused():
    """Nested a few thousand times it would break whoever walks through it."""
    schema: dict[str, object] = {}
    for _ in range(3000):
        schema = {"properties": {"a": schema}}

    assert schema_problems(schema)

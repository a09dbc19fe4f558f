"""Payloads to try a template with: what its schema describes, or guesses."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.templates.payload_schema import payload_problems
from bot.messages.templates.sample_payloads import BY_FORMAT, samples_of

BODY = '{"text": "{{ name }} {{ payload.other }} {% for one in items %}{{ one }}{% endfor %}"}'
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null"])
SCHEMAS = st.recursive(
    st.builds(lambda kind: {"type": kind}, TYPES)
    | st.lists(st.integers(), min_size=1, max_size=3).map(lambda given: {"enum": given}),
    lambda inner: (
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(
            lambda fields: {"type": "object", "properties": fields, "required": [*fields]}
        )
        | inner.map(lambda one: {"type": "array", "items": one, "minItems": 1})
        | inner.map(lambda one: {"anyOf": [one]})
    ),
    max_leaves=6,
)


def test_without_a_schema_names_are_guessed():
    """As words, as numbers, as lists, and at last nothing: one of them may work."""
    words, numbers, lists, nothing = samples_of(BODY, None)

    assert words == {"name": "sample", "items": "sample"}
    assert (numbers, lists, nothing) == ({"name": 1, "items": 1}, {"name": [], "items": []}, {})


def test_a_broken_template_still_gets_a_payload():
    """Drawing it will say what is broken; nothing fails here."""
    assert [*samples_of("{% if %}", None)] == [{}] * 4


def test_the_schemas_own_examples_come_first():
    """Who wrote the schema knows best; then comes what it describes."""
    schema = {"examples": [{"a": 1}, "no object"], "properties": {"a": {"type": "integer"}}}

    assert [*samples_of('{"text": "{{ a }}"}', schema)] == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"const": 7}, 7),
        ({"default": "red", "enum": ["blue"]}, "red"),
        ({"type": ["null", "string"]}, None),
        ({"type": "integer", "minimum": 18}, 18),
        ({"type": "string", "format": "date"}, BY_FORMAT["date"]),
        ({"$ref": "#/$defs/colour"}, "green"),
        ({"type": "array", "items": {"$ref": "#/$defs/colour"}}, ["green"]),
        ({"oneOf": [{"type": "boolean"}, {"type": "string"}]}, True),
    ],
)
def test_each_kind_of_description_has_its_value(described, expected):
    """Constants, defaults, choices, limits, formats, pointers and alternatives are followed."""
    schema = {"properties": {"a": described}, "$defs": {"colour": {"enum": ["green"]}}}

    assert {"a": expected} == [*samples_of('{"text": "x"}', schema)][-1]


def test_a_schema_in_circles_has_an_end():
    """A node that holds nodes is not followed for ever."""
    tree = {"properties": {"child": {"$ref": "#"}}}

    assert 2 <= json.dumps([*samples_of('{"text": "x"}', tree)]).count("child") < 10


@given(SCHEMAS)
def test_what_a_schema_describes_satisfies_it(described):
    """The payload made for a usual schema is one that the schema takes."""
    schema = {"type": "object", "properties": {"a": described}, "required": ["a"]}

    for payload in samples_of('{"text": "x"}', schema):
        assert payload_problems(payload, json.dumps(schema)) == []


@pytest.mark.parametrize(
    "expression",
    [
        "'x' * 300000000",
        "'a'|center(300000000)",
        "9 ** (9 ** 7)",
        "('ab' * 50000)|replace('a', 'b' * 99999)",
    ],
)
def test_nothing_of_a_template_is_worked_out(expression):
    """`'x' * 5000000000` once took all memory and time before the sandbox saw it."""
    before = time.process_time()

    assert next(samples_of(f'{{"text": "{{{{ {expression} }}}} {{{{ name }}}}"}}', None)) == {
        "name": "sample"
    }

    assert time.process_time() - before < 0.5

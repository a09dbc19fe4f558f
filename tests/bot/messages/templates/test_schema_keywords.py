"""Our own keywords of JSON Schema say what the library's say, only faster and of every number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.messages.templates.schema_keywords import Validator, matches, pattern_problem

SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, 1.0, 1.5]),
    st.text("ab", max_size=2),
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2)
    ),
    max_leaves=5,
)
PATTERN = st.sampled_from(["a", "^b", "a$", "[ab]{2}", "^(a|b)*$", "\\d"])
SCHEMA = st.fixed_dictionaries(
    {},
    optional={
        "uniqueItems": st.booleans(),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "pattern": PATTERN,
        "properties": st.just({"a": {"type": "integer"}}),
        "patternProperties": st.dictionaries(PATTERN, st.just({"uniqueItems": True}), max_size=2),
        "additionalProperties": st.sampled_from([True, False, {"type": "string"}]),
    },
)


@given(schema=SCHEMA, value=VALUE)
def test_they_agree_with_the_library(schema, value):
    """The same values are valid, and the same places are named."""
    ours = sorted(
        map(repr, (error.absolute_path for error in Validator(schema).iter_errors(value)))
    )
    theirs = Draft202012Validator(schema).iter_errors(value)

    assert ours == sorted(map(repr, (error.absolute_path for error in theirs)))


@pytest.mark.parametrize(
    ("multiple", "number", "expected"),
    [
        (0.1, 0.3, True),
        (0.01, 19.99, True),
        (0.1, 0.25, False),
        (3, 10**400, False),
        (1e-300, 1e300, True),
    ],
)
def test_multiples_are_exact(multiple, number, expected):
    """A tenth is a tenth, and a number may have hundreds of digits."""
    assert Validator({"multipleOf": multiple}).is_valid(number) is expected


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("(?=a)b", "perl operator"),
        (r"(a)\1", "escape sequence"),
        ("(", "missing )"),
        ("a{2000}", "repetition"),
        ("x" * 1_001, "1,000 characters"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern, word):
    """What only backtracking can do, and what is no pattern at all."""
    assert word in (pattern_problem(pattern) or "")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"^\u00e9\x41$", "éA", True),
        (r"\\u0041", r"\u0041", True),
        (r"^\p{L}+$", "Ärger", True),
        ("(a+)+$", "aaa!", False),
        ("\\S", "\u00a0 \n", False),
        ("a", "\ud800a", True),
    ],
)
def test_patterns_mean_what_json_schema_means(pattern, text, expected):
    """Also the ways of writing that RE2 has others for."""
    assert pattern_problem(pattern) is None
    assert matches(pattern, text) is expected

"""JSON as the engine writes it says the same as the standard library's."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sql import fast_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet=st.characters()), inner),
)


@given(VALUES)
def test_it_says_the_same(value):
    """Whatever JSON can say is read back as it was, huge numbers and broken texts included."""
    assert value == json.loads(fast_json.text(value))


@given(VALUES, st.booleans())
def test_what_is_stored_is_read_as_the_standard_library_reads_it(value, is_ascii):
    """Whole numbers stay exact and halves of surrogate pairs stay what they are."""
    text = json.dumps(value, ensure_ascii=is_ascii or not is_utf_8(value))

    assert fast_json.stored(text) == json.loads(text)
    assert fast_json.stored(text.encode()) == json.loads(text)


def is_utf_8(value):
    """Tell whether there is no half of a surrogate pair in it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@given(VALUES)
def test_it_is_utf_8(value):
    """What is sent or stored is valid UTF-8, whatever the texts hold."""
    fast_json.encoded(value).decode("utf-8")


@dataclass
class Thing:
    """Something that JSON has no word for."""


@pytest.mark.parametrize("value", [datetime(2026, 11, 16, tzinfo=UTC), Thing(), {1, 2}, b"x"])
def test_what_json_has_no_word_for_is_refused(value):
    """A time or an object must have been turned into a text before."""
    with pytest.raises(TypeError):
        fast_json.text({"value": value})


@pytest.mark.parametrize("content", [b"", b"{", b"NaN", b'"\xff"', b"{}{}"])
def test_what_is_no_json_is_a_value_error(content):
    """Like the standard library's error, so that one `except` knows both."""
    with pytest.raises(json.JSONDecodeError):
        fast_json.decoded(content)

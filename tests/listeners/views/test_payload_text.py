"""A payload as text to edit, and back."""

from typing import Any

import pytest
from hypothesis import given

from bot.errors import InvalidError
from bot.messages.rendering.truncation import units
from listeners.views.payload_text import INPUT_CHARACTERS, payload_text, read_payload
from tests.listeners.views.strange import JSON


@given(JSON)
def test_a_payload_comes_back_as_it_was(payload: Any) -> None:
    """Unless it is too large, and then there is no text at all."""
    written = payload_text(payload)
    if written is not None:
        assert units(written) <= INPUT_CHARACTERS
        assert payload == read_payload(written)


def test_a_payload_that_only_fits_without_indents_has_none() -> None:
    """Ugly but whole is better than pretty and gone."""
    written = payload_text(list(range(600)))
    assert written is not None
    assert "\n" not in written


def test_what_does_not_fit_is_not_cut() -> None:
    """Half a payload would be worse than none."""
    assert payload_text("x" * 3_001) is None


@pytest.mark.parametrize("written", [None, "", "  \n"])
def test_nothing_written_is_no_payload(written: str | None) -> None:
    """The service then keeps the payload it has."""
    assert read_payload(written) is None


def test_what_is_no_json_is_refused_with_its_place() -> None:
    """The field says line and column."""
    with pytest.raises(InvalidError, match="at line 2, column 8") as refused:
        read_payload('{\n  "a": x}')
    assert [problem.field for problem in refused.value.problems] == ["payload"]


@pytest.mark.parametrize(
    "written", ["NaN", "[Infinity]", "1e400", '{"a": [-1e400]}', "9" * 5_000, "[" * 100_000]
)
def test_what_json_cannot_say_is_refused(written: str) -> None:
    """Neither numbers that are none, nor nesting without end."""
    with pytest.raises(InvalidError):
        read_payload(written)


def test_the_quotation_marks_of_a_phone_are_undone() -> None:
    """Only where the text is no JSON otherwise: inside of strings they may be meant."""
    assert read_payload("{“a”:\u00a0“b”}") == {"a": "b"}
    assert read_payload('{"a": "“b”"}') == {"a": "“b”"}

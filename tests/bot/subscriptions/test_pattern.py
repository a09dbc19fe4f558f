"""Patterns of kinds of tasks."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidError
from bot.subscriptions.pattern import check_pattern, fits_pattern


@pytest.mark.parametrize(
    ("pattern", "kind", "is_meant"),
    [
        ("nightly-*", "nightly-import", True),
        ("nightly-*", "nightly-", True),
        ("nightly-*", "weekly-nightly-import", False),
        ("*import*", "nightly-import-eu", True),
        ("a*a", "a", False),
        ("a*b*a", "aba", True),
        ("a*b*a", "aa", False),
        ("import", "import", True),
        ("import", "Import", False),
        ("import", "imports", False),
        ("*", "", True),
        ("[a]?", "a1", False),
        ("[a]?", "[a]?", True),
    ],
)
def test_a_star_stands_for_any_characters(pattern: str, kind: str, is_meant: bool) -> None:
    """And for nothing else: brackets and question marks are themselves."""
    assert fits_pattern(pattern, kind) == is_meant


@given(st.text("ab*", max_size=8).map(lambda text: re.sub(r"\*+", "*", text)), st.text("ab"))
def test_patterns_mean_what_a_regular_expression_would(pattern: str, kind: str) -> None:
    """Any pattern, any kind: the same answer as the obvious and slower way."""
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), kind) is not None
    assert fits_pattern(pattern, kind) == expected


def test_no_pattern_is_slow() -> None:
    """A hundred stars that just do not match take no time, whoever asks for them."""
    began = time.process_time()
    assert not fits_pattern("*a" * 99 + "*b", "a" * 200)
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("text", ["", "  ", "a`b", "a\nb", "\u202ea", "x" * 201])
def test_what_cannot_be_shown_is_no_pattern(text: str) -> None:
    """Each of them names the field."""
    with pytest.raises(InvalidError) as raised:
        check_pattern(text)
    assert [problem.field for problem in raised.value.problems] == ["pattern"]


def test_stars_beside_each_other_are_one() -> None:
    """So that two spellings are one subscription."""
    assert check_pattern(" a***b ") == "a*b"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.rendering.escaping import escape_mrkdwn
from bot.messages.rendering.truncation import level, truncate, units

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FAMILY = "👩‍👩‍👧‍👦"


def test_units_are_those_of_utf_16():
    """An emoji outside the basic plane counts twice, as in JavaScript."""
    assert [units(""), units("abc"), units("😀"), units("ü")] == [0, 3, 2, 1]


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 5, "short"),
        ("too long", 5, "too…"),
        ("words with spaces", 6, "words…"),
        ("abc", 0, ""),
        ("abc", 1, ""),
        (FAMILY * 2, 13, FAMILY + "…"),
        (FAMILY * 2, 12, FAMILY + "…"),
        (FAMILY * 2, 11, ""),
        ("🇩🇪🇫🇷", 7, "🇩🇪…"),
        ("ae\u0301\u0302b", 4, "a…"),
        ("a👍🏽b", 5, "a…"),
    ],
)
def test_a_cut_never_halves_what_a_reader_sees(text, most, expected):
    """Families, flags, skin tones and accents stay whole or go."""
    assert expected == truncate(text, most)


def test_a_cut_counts_what_escaping_adds():
    """An ampersand takes five places in mrkdwn, and is never cut inside."""
    assert truncate("&&&&", 12, escape_mrkdwn) == "&&…"


@given(ANY_TEXT, st.integers(0, 40))
def test_a_cut_text_fits_and_is_a_beginning(text, most):
    """Whatever is cut fits, in its escaped form, and what is kept is how the text began."""
    kept = truncate(text, most, escape_mrkdwn)

    assert units(escape_mrkdwn(kept)) <= most
    assert text.startswith(kept.removesuffix("…"))


def test_a_pile_of_marks_is_cut_like_anything_else():
    """A thousand accents on one letter cannot push a text over its limit."""
    assert units(truncate("e" + "\u0301" * 1_000, 50)) <= 50


@given(st.lists(st.integers(0, 1_000)), st.integers(0, 2_000))
def test_the_level_shares_the_room(sizes, room):
    """With every larger size cut to the level all fit, and a higher level would not."""
    found = level(sizes, room)

    assert sum(min(size, found) for size in sizes) <= room
    assert sum(sizes) <= room or sum(min(size, found + 1) for size in sizes) > room

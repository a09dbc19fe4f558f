"""Numbers as a column's format writes them."""

import pytest

from bot.leaderboards.formats import formatted, percent_of, shown_difference


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (71.25, "0.0", "71.3"),
        (1234.4, "$0", "$1,234"),
        (1234567.5, "$0", "$1,234,568"),
        (0.5, "0", "1"),
        (-0.2, "0", "0"),
        (-1234.5, "$0.00", "-$1,234.50"),
        (12.0, "0.0 %", "12.0 %"),
        (0.125, "0.00 s", "0.13 s"),
        (1e15, "0", "1,000,000,000,000,000"),
        (1e-15, "0.000000", "0.000000"),
        (None, "$0", "\N{EN DASH}"),
    ],
)
def test_a_format_is_what_zero_looks_like(value, form, shown):
    """Halves are rounded away from zero, thousands are grouped, and nothing is minus zero."""
    assert formatted(value, form) == shown


def test_a_change_shows_its_sign():
    """A plus for more, a minus for less, none for nothing."""
    shown = [formatted(value, "$0.0", signed=True) for value in (1.25, -1.25, 0.0)]

    assert shown == ["+$1.3", "-$1.3", "$0.0"]


def test_a_difference_has_no_binary_noise():
    """71.3 less 70.1 is 1.2, and that is 1.7 percent."""
    assert shown_difference(71.3, 70.1) == 1.2
    assert percent_of(1.2, 70.1) == 1.7
    assert percent_of(5, -10) == 50.0

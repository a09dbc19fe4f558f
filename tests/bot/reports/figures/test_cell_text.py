"""How single values are shown to people."""

from datetime import datetime
from decimal import Decimal

import pytest

from bot.reports.figures.cell_text import show_percent, show_period


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Decimal("99.94"), "99.9 %"),
        (Decimal("99.9999995"), "99.9 %"),
        (Decimal("-99.96"), "-99.9 %"),
        (100, "100.0 %"),
        (Decimal("100.04"), "100.0 %"),
        (1_234, "1,234 %"),
    ],
)
def test_what_is_not_all_is_not_shown_as_100_percent(number, shown):
    """A fall by all but five is none to nothing."""
    assert show_percent(number) == shown


@pytest.mark.parametrize(
    ("has_times", "shown"), [(False, "2020-01-01"), (True, "2020-01-01 00:00")]
)
def test_midnight_is_a_day_only_among_days(has_times, shown):
    """Beside other times of the day it is one of them."""
    assert show_period(datetime(2020, 1, 1), "", has_times=has_times) == shown  # noqa: DTZ001

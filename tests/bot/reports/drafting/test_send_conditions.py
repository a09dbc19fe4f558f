"""`send_if`: what is read, what is refused, and what is said where it does not hold."""

from datetime import date
from decimal import Decimal

import pytest

from bot.reports.drafting.send_conditions import parse_condition, why_not
from bot.sources.result import ColumnKind, ResultColumn, ResultTable
from tests.bot.reports.service_room import START

COLUMNS = ("total", "status", "is late", "day", "rate")
ROW = (10, "late", None, date(2026, 11, 28), 0.1)


def result(*rows, columns=COLUMNS):
    """Return a result with these rows."""
    kinds = tuple(ResultColumn(name, ColumnKind.TEXT) for name in columns)
    return ResultTable(kinds, rows, "select", "shop", START)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("total > 9", None),
        ("TOTAL >= 10.0", None),
        ("total == 10", None),
        ("total != 10", "total is exactly 10"),
        ("total > 10", "total is 10, not above 10"),
        ("total < 10", "total is 10, not below 10"),
        ("total >= 10.5", "total is 10, below 10.5"),
        ("total <= 9", "total is 10, above 9"),
        ("total = 11", "total is 10, not 11"),
        ("rate = .1", None),
        ("rows = 1", None),
        ("rows > 1", "rows is 1, not above 1"),
        ("status = 'late'", None),
        ('status <> "late"', "status is `late`"),
        ("status = 'early'", "status is `late`, not `early`"),
        ("day = '2026-11-28'", None),
        (
            '"is late" > -1e2',
            "is late has no value, which is neither above nor below -100",
        ),
        ("`is late` <> 0", "is late has no value, which is neither above nor below 0"),
    ],
)
def test_a_value_is_compared(text, said):
    """The reason is a sentence with both values."""
    assert why_not(parse_condition(text), result(ROW)) == said


NO_CONDITIONS = (
    *("", "total", "total >", "> 3", "total > x", "total > 1 or 1 = 1", "total => 3"),
    *("sum(x) > 3", "total > 'a'", "total > 1e999", "total > \u0661", "total >> 3", "a b > 3"),
    "x" * 400 + " > 1",
)


@pytest.mark.parametrize("text", NO_CONDITIONS)
def test_what_is_no_condition_is_refused(text):
    """Whatever is left over, too."""
    with pytest.raises(ValueError, match=r"write a name|only be compared"):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("totals > 3", "did you mean `total`"),
        ("status > 3", "which is no number"),
        ("day > 3", "which is no number"),
        ("twice > 3", "two columns"),
    ],
)
def test_what_cannot_be_compared_is_said(text, fix):
    """An unknown column, a text, or a name that stands twice."""
    table = result((*ROW, 1, 2), columns=(*COLUMNS, "twice", "Twice"))
    with pytest.raises(ValueError, match=fix):
        why_not(parse_condition(text), table)


def test_numbers_are_exact():
    """Beyond what a float tells apart."""
    huge = result((Decimal("9007199254740993"), "", None, None, float("1e300")))
    assert why_not(parse_condition("total > 9007199254740992"), huge) is None
    assert why_not(parse_condition("rate > 1e99"), huge) is None
    assert why_not(parse_condition("total > 9007199254740993"), huge) is not None

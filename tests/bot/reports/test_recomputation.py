"""What recomputing says: nothing for the same rows, else what changed, by the key of the rows."""

from decimal import Decimal

from bot.reports.recomputation import MAX_DIFFERENCES, differences
from bot.sources.result import ColumnKind, ResultColumn, ResultTable
from tests.bot.reports.service_room import START


def countries(*rows, columns=("country", "revenue")):
    """Return revenues of countries."""
    kinds = (ColumnKind.TEXT, ColumnKind.NUMBER)
    named = tuple(map(ResultColumn, columns, kinds))
    return ResultTable(named, rows, "select", "shop", START)


def test_the_same_rows_are_unchanged():
    """Also in another order, which a query without one may return."""
    one, other = ("Germany", Decimal("1.10")), ("France", 2)
    assert differences(countries(one, other), countries(other, one)) == []


def test_rows_are_found_by_their_key():
    """Changed, gone and new ones are named; digits count."""
    before = countries(("Germany", Decimal("1.10")), ("France", 2), ("Spain", 3))
    after = countries(("Spain", 3), ("Germany", Decimal("1.1")), ("Italy", None))
    assert differences(before, after) == [
        "Germany: revenue was 1.10 and is 1.1.",
        "France is gone.",
        "Italy is new.",
    ]


def test_rows_without_a_key_are_compared_by_their_place():
    """Two rows of one country, and another number of rows."""
    before = countries(("Germany", 1), ("Germany", 2))
    after = countries(("Germany", 1), ("Germany", 3), ("Germany", 4))
    assert differences(before, after) == [
        "Row 2: revenue was 2 and is 3.",
        "There were 2 rows and are 3.",
    ]


def test_other_columns_are_said():
    """Rows cannot be compared then."""
    renamed = countries(columns=("country", "sales"))
    assert differences(countries(), renamed) == [
        "The columns were country, revenue and are country, sales."
    ]


def test_a_long_list_is_cut():
    """Twenty differences, and that there are more."""
    before = countries(*((f"C{number}", number) for number in range(50)))
    found = differences(before, countries())
    assert (len(found), found[-1]) == (MAX_DIFFERENCES + 1, "And more.")

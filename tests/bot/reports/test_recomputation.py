"""What recomputing says: nothing for the same rows, else what changed, by the key of the rows."""

from dataclasses import replace
from decimal import Decimal

from bot.reports.recomputation import MAX_DIFFERENCES, differences
from bot.sources.result import ColumnKind, ResultColumn, ResultTable
from tests.bot.reports.service_room import START


def countries(*rows, columns=("country", "revenue"), first=ColumnKind.TEXT):
    """Return revenues of countries."""
    kinds = (first, ColumnKind.NUMBER)
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
        "Germany: revenue was 1.10 and is 1.1 now.",
        "France is gone.",
        "Italy is new.",
    ]


def test_numbers_that_name_rows_are_a_key():
    """A row that was inserted is new, and moves no other; NULL is empty."""
    before = countries((1, 5), (2, 6), columns=("id", "v"), first=ColumnKind.NUMBER)
    after = countries((0, 4), (1, 5), (2, None), columns=("id", "v"), first=ColumnKind.NUMBER)
    assert differences(before, after) == [
        "There were 2 rows; there are 3 now.",
        "id 2: v was 6 and is empty now.",
        "id 0 is new.",
    ]


def test_rows_without_a_key_are_compared_by_their_place():
    """Two rows of one country, of which one has changed."""
    before = countries(("Germany", 1), ("Germany", 2))
    after = countries(("Germany", 1), ("Germany", 3))
    assert differences(before, after) == ["Row 2: revenue was 2 and is 3 now."]


def test_rows_without_a_key_that_moved_are_gone_and_new():
    """A database without ORDER BY returns them in any order."""
    before = countries(("Germany", 1), ("Germany", 2), ("Germany", 2))
    after = countries(("Germany", 2), ("Germany", 3), ("Germany", 1), ("Germany", 4))
    assert differences(before, after) == [
        "There were 3 rows; there are 4 now.",
        "A row is gone: Germany, 2.",
        "A row is new: Germany, 3.",
        "A row is new: Germany, 4.",
    ]


def test_columns_that_came_and_went_are_said():
    """Rows cannot be compared then."""
    renamed = countries(columns=("country", "sales"))
    turned = countries(columns=("revenue", "country"))
    assert differences(countries(), renamed) == [
        "The column revenue is gone.",
        "The column sales is new.",
    ]
    assert differences(countries(), turned) == [
        "The columns are in another order: revenue, country."
    ]


def test_a_column_of_another_kind_is_said_once():
    """And not for each row whose value reads the same."""
    before, after = countries(("A", 1), ("B", 2)), countries(("A", "1"), ("B", "3"))
    columns = (before.columns[0], ResultColumn("revenue", ColumnKind.TEXT))
    assert differences(before, replace(after, columns=columns)) == [
        "The column revenue held numbers and holds text now.",
        "B: revenue was 2 and is 3 now.",
    ]


def test_a_long_list_is_cut():
    """Twenty differences, and that there are more."""
    before = countries(*((f"C{number}", number) for number in range(50)))
    found = differences(before, countries())
    assert (len(found), found[-1]) == (MAX_DIFFERENCES + 1, "And more.")

"""The line that says which columns have no total."""

from bot.reports.display.no_totals import no_total_notes
from bot.sources.result import ColumnKind, NotAdded
from tests.bot.reports.figures.lying_model import table

CITY = ("city", ColumnKind.TEXT)


def column(name, reason):
    """Return a column of numbers that do not add up."""
    return (name, ColumnKind.NUMBER, None, False, False, reason)


def test_the_reason_is_told_once_for_its_columns():
    """By their readable names; columns that add up, and names of rows, are not spoken of."""
    columns = [
        CITY,
        ("orders", ColumnKind.NUMBER),
        column("avg_price", NotAdded.AVERAGE),
        column("visitors", NotAdded.DISTINCT),
        column("avg_age", NotAdded.AVERAGE),
    ]
    rows = [("Oslo", 1, 2, 3, 4), ("Rome", 5, 6, 7, 8)]

    assert list(no_total_notes(table(columns, rows))) == [
        "No total of avg price, avg age: averages do not add up.",
        "No total of visitors: distinct counts of several rows may overlap.",
    ]


def test_one_row_needs_no_total():
    """Nothing is missing there."""
    assert list(no_total_notes(table([column("m", NotAdded.EXTREME)], [(3,)]))) == []

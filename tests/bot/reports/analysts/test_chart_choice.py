"""Charts are drawn of what a chart can show."""

import pytest

from bot.reports.analysts.base import ChartSpec
from bot.reports.analysts.chart_choice import checked_chart, choose_charts
from bot.sources.result import ColumnKind
from tests.bot.reports.figures.lying_model import months_brief, shop_brief, table

CITY = ("city", ColumnKind.TEXT)


def shapes(charts):
    """Return what matters of charts."""
    return [(one.kind, one.title, one.category, one.series) for one in charts]


def test_names_are_bars_and_periods_are_lines():
    """Measures of another unit stay out of a chart."""
    assert shapes(choose_charts(shop_brief().table)) == [("bar", "Revenue by region", 0, (1,))]
    assert shapes(choose_charts(months_brief().table)) == [("line", "Revenue by month", 0, (1,))]


@pytest.mark.parametrize(
    "rows",
    [
        [("Oslo", 1)],
        [("Oslo", 1), ("Oslo", 2)],
        [("Oslo", 1), (None, 2)],
        [(f"c{number}", 1) for number in range(21)],
    ],
)
def test_what_bars_cannot_show_has_no_chart(rows):
    """One row, two of one name, a row without a name, too many."""
    assert choose_charts(table([CITY, ("n", ColumnKind.NUMBER)], rows)) == ()


def test_parts_of_a_hundred_are_a_pie():
    """Percentages that make a whole are shown as one."""
    columns = [CITY, ("share", ColumnKind.NUMBER, "%")]

    assert shapes(choose_charts(table(columns, [("Oslo", 60), ("Rome", 40)]))) == [
        ("pie", "Share by city", 0, (1,))
    ]
    assert choose_charts(table(columns, [("Oslo", 60), ("Rome", 60)]))[0].kind == "bar"


def test_a_models_chart_gets_our_title_and_real_columns():
    """What a model asks for is drawn only if it can be; its title is never shown."""
    sold = shop_brief().table
    good = ChartSpec("bar", "Sales up 300 %!", 0, (1, 7, 2))
    wrong = [
        ChartSpec("bar", "", 9, (1,)),
        ChartSpec("bar", "", 0, (0,)),
        ChartSpec("bar", "", 1, (2,)),
        ChartSpec("pie", "", 0, (1,)),
        ChartSpec("line", "", -1, (1,)),
    ]

    assert shapes([checked_chart(good, sold)]) == [("bar", "Revenue, orders by region", 0, (1, 2))]
    assert [checked_chart(one, sold) for one in wrong] == [None] * 5

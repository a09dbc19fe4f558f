"""Charts are drawn of what a chart can show."""

from datetime import date

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

    assert shapes([checked_chart(good, sold)]) == [("bar", "Revenue by region", 0, (1,))]
    assert [checked_chart(one, sold) for one in wrong] == [None] * 5


DAY, ORDERS = ("day", ColumnKind.DATE), ("orders", ColumnKind.NUMBER)


@pytest.mark.parametrize(
    ("days", "cells", "kind"),
    [
        ((1, 2, 3, 4), (5, 6, 7, 8), "line"),
        ((1, 2, 5, 9), (5, 6, 7, 8), "bar"),
        ((1, 2, 3, 4), (5, None, 7, 8), "bar"),
    ],
)
def test_a_line_does_not_pass_over_a_gap(days, cells, kind):
    """Where a day is missing, or has no value, bars say nothing of it."""
    rows = [(date(2020, 1, day), cell) for day, cell in zip(days, cells, strict=True)]

    assert [one.kind for one in choose_charts(table([DAY, ORDERS], rows))] == [kind]
    assert checked_chart(ChartSpec("line", "", 0, (1,)), table([DAY, ORDERS], rows)) == (
        ChartSpec(kind, "Orders by day", 0, (1,))
    )


def test_names_are_never_a_line():
    """A line would say that one city comes after the other."""
    cities = table([CITY, ORDERS], [("Oslo", 1), ("Rome", 2)])

    assert shapes([checked_chart(ChartSpec("area", "", 0, (1,)), cities)]) == [
        ("bar", "Orders by city", 0, (1,))
    ]


def test_what_cannot_be_seen_beside_another_is_left_out():
    """Three failures beside a thousand tasks are no bar."""
    columns = [CITY, ("tasks", ColumnKind.NUMBER), ("failures", ColumnKind.NUMBER)]
    columns.append(("retries", ColumnKind.NUMBER))
    rows = [("Oslo", 1_000, 3, 200), ("Rome", 500, 1, 90)]

    assert choose_charts(table(columns, rows))[0].series == (1, 3)

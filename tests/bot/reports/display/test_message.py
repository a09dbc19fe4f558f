"""The message of a report, from one row to ten thousand."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from slack_playground.blocks import validate_message

from bot.charts.fallbacks import NATIVE, ChartFace, Face, TableFace
from bot.messages.rendering.renderer import Renderer
from bot.reports.analysts.base import ChartSpec
from bot.reports.display.cells import NULL_WORDS, cell_words
from bot.reports.display.charts import chart_of
from bot.reports.display.message import REPORT_TEMPLATE, Said, report_message_context, wall_time
from bot.sources.result import ColumnKind, ResultColumn
from tests.bot.reports.shop import COLUMNS, NINE, SAID, facts_of, sales, table_of

RENDERER = Renderer(Path(__file__).parents[4] / "templates")
FACES = [Face(table, chart) for table in TableFace for chart in ChartFace]


def shown(facts, face=NATIVE):
    """Return the message as Slack gets it, from a context as the database gives it back."""
    context = json.loads(json.dumps(report_message_context(facts, face)))
    return RENDERER.render(REPORT_TEMPLATE, {**context, "revision": 1})


def kinds(message):
    """Return the types of its blocks."""
    return [block["type"] for block in message.blocks]


def wide(rows, columns=100, text="x" * 3_000):
    """Return a result of long cells."""
    return table_of(
        [ResultColumn(f"column {number} {text}", ColumnKind.TEXT) for number in range(columns)],
        [[f"{row} {text}"] * columns for row in range(rows)],
    )


TABLES = {
    "no rows": table_of(COLUMNS, []),
    "no columns": table_of([], []),
    "one cell": table_of([ResultColumn("n", ColumnKind.NUMBER)], [[7]]),
    "one row": sales(1),
    "a week": sales(7),
    "a year": sales(365),
    "3,000 rows": sales(3_000),
    "wide": wide(30),
    "empty cells": table_of(COLUMNS, [[None, None, None], [None, 1, Decimal("0.10")]] * 40),
    "signs": table_of(
        [ResultColumn("<!channel>", ColumnKind.TEXT), ResultColumn("", ColumnKind.NUMBER)],
        [["<@U0ADA00001> *x* `y`\n\x00", 10**400], ["", Decimal("1e-40")], ["\ud800", -1]],
    ),
}
LONG = Said(
    summary="s" * 9_000,
    key_metrics=[("l" * 500, "v" * 500)] * 30,
    insights=["i" * 3_000] * 40,
    recommendations=["r" * 3_000] * 40,
    charts=[ChartSpec(kind, "t" * 300, 0, (1, 2)) for kind in ("bar", "line", "area", "pie")],
    warnings=["w" * 3_000] * 10,
)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("face", FACES, ids=lambda face: f"{face.table}-{face.chart}")
@pytest.mark.parametrize("said", [SAID, LONG], ids=["usual", "long"])
def test_slack_takes_every_message(name, face, said):
    """Whatever the result and however it is shown, nothing is over a limit or spills over."""
    message = shown(facts_of(TABLES[name], said), face)

    assert validate_message({"text": message.text, "blocks": message.blocks}) == []
    assert "no room here" not in json.dumps(message.blocks)
    if said is SAID:
        assert message.overflow is None


def test_a_report_is_read_from_top_to_bottom():
    """Name and time in its zone, what was found, the chart, the rows, and how it was made."""
    message = shown(facts_of())

    assert kinds(message) == [
        *("header", "context", "section", "section", "data_visualization", "data_table"),
        *("section", "section", "context", "actions"),
    ]
    assert message.blocks[0]["text"]["text"] == "📊 Daily revenue · Sat 28 Nov 2026, 09:00 CET"
    footer = message.blocks[-2]["elements"][-1]["text"]
    assert footer.startswith(f"14 of 14 figures traced · rows {sales().digest} · 7 rows from shop")
    assert "· 0.3 s · by builtin · next run <!date^" in footer
    labels = [button["text"]["text"] for button in message.blocks[-1]["elements"]]
    assert labels == [
        *("Run Again", "Edit", "Pause", "Ask", "Recompute", "View Rows", "View Query")
    ]


def test_every_figure_is_text_as_well():
    """What the chart and the table show is said for phones and screen readers."""
    message = shown(facts_of())

    assert message.text.startswith("📊 Daily revenue: Revenue was 12,450.50 EUR yesterday")
    for row in sales().rows:
        assert f"{row[0]} | {row[1]} | {row[2]:,.2f}" in message.text
    assert "23 Nov 13,147.50" in message.text


def test_a_row_without_a_value_is_not_drawn_as_zero():
    """NULL is neither above nor below: the chart leaves the row out and says so."""
    rows = [(date(2026, 11, 20 + day), 1, None if day == 3 else Decimal(day)) for day in range(7)]
    context = report_message_context(facts_of(table_of(COLUMNS, rows)))

    points = context["charts"][0]["chart"]["series"][0]["data"]
    assert [point["value"] for point in points] == [0, 1, 2, 4, 5, 6]
    assert context["notes"] == ["1 row without a value is not in the chart."]


def test_a_course_runs_forward():
    """Also where the query begins with the newest day; the newest ones are drawn."""
    table = sales(30)
    context = report_message_context(facts_of(table_of(COLUMNS, table.rows[::-1])))

    labels = context["charts"][0]["chart"]["axis_config"]["categories"]
    assert (len(labels), labels[0], labels[-1]) == (20, "8 Nov", "27 Nov")


def test_a_message_whose_figures_were_corrected_says_so():
    """Whoever has read the first ones sees why there are others."""
    context = report_message_context(replace(facts_of(), is_corrected=True))

    assert context["notes"] == ["Corrected: the data was incomplete before."]


def test_time_goes_from_left_to_right():
    """Rows with the latest first are drawn with the latest last, and the newest are kept."""
    rows = [(date(2026, 11, 27 - day), 1, Decimal(27 - day)) for day in range(25)]
    context = report_message_context(facts_of(table_of(COLUMNS, rows)))

    drawn = context["charts"][0]["chart"]
    assert drawn["axis_config"]["categories"][-1] == "27 Nov"
    assert [point["value"] for point in drawn["series"][0]["data"]] == list(range(8, 28))


def test_days_without_a_row_are_said_to_be_left_out():
    """A line over a gap would say what nobody knows."""
    rows = [(date(2026, 11, 20 + day), 1, Decimal(day)) for day in (0, 1, 5)]
    context = report_message_context(facts_of(table_of(COLUMNS, rows)))

    assert context["notes"] == ["Each day without a row is left out of the chart."]


def test_hours_are_told_by_the_clock():
    """The date is said only where there are several."""
    columns = [ResultColumn("hour", ColumnKind.TIMESTAMP), ResultColumn("n", ColumnKind.NUMBER)]
    chart = ChartSpec("line", "", 0, (1,))
    labels = []
    for step in (1, 12):
        rows = [
            (datetime(2026, 11, 27 + (hour * step) // 24, hour * step % 24), hour)  # noqa: DTZ001
            for hour in range(3)
        ]
        drawn = chart_of(chart, table_of(columns, rows))
        assert drawn is not None
        labels.append(drawn.labels)

    assert labels == [
        ("00:00", "01:00", "02:00"),
        ("27 Nov 00:00", "27 Nov 12:00", "28 Nov 00:00"),
    ]


def test_many_points_are_the_newest_ones():
    """Slack draws twenty categories: of a course the last ones, and the message says which."""
    context = report_message_context(facts_of(sales(90)))

    labels = context["charts"][0]["chart"]["axis_config"]["categories"]
    assert (len(labels), labels[-1]) == (20, "27 Nov")
    assert context["notes"] == ["The chart shows the last 20 of 90 rows."]
    assert "The chart shows the last 20 of 90 rows." not in context["lines"]


def test_categories_of_one_name_stay_two():
    """Two rows of one name are two bars with their own values."""
    table = table_of(
        [ResultColumn("shop", ColumnKind.TEXT), ResultColumn("n", ColumnKind.NUMBER)],
        [["Berlin", 3], ["Berlin", 5], ["x" * 40, 1], ["x" * 41, 2]],
    )
    said = Said("…", charts=[ChartSpec("bar", "Shops", 0, (1,))])
    (chart,) = [block for block in shown(facts_of(table, said)).blocks if "chart" in block]

    data = chart["chart"]["series"][0]["data"]
    assert data[:2] == [{"label": "Berlin", "value": 3}, {"label": "Berlin 2", "value": 5}]
    assert len({point["label"] for point in data}) == 4


@pytest.mark.parametrize(
    ("kind", "values", "drawn"),
    [
        ("pie", [3, 1], "pie"),
        ("pie", [3, 0], "bar"),
        ("pie", [3, -1], "bar"),
        ("pie", [1] * 13, "bar"),
        ("area", [3, -1], "line"),
        ("area", [3, 1], "area"),
    ],
)
def test_a_chart_is_one_that_its_figures_can_be(kind, values, drawn):
    """No share of a negative whole, no stack that goes below zero."""
    table = table_of(
        [ResultColumn("shop", ColumnKind.TEXT), ResultColumn("n", ColumnKind.NUMBER)],
        [[f"shop {number}", value] for number, value in enumerate(values)],
    )
    said = Said("…", charts=[ChartSpec(kind, "Shops", 0, (1,))])

    assert report_message_context(facts_of(table, said))["charts"][0]["chart"]["type"] == drawn


def test_more_rows_than_slack_takes_are_in_the_thread():
    """The table has the first ones, and the message says where the others are."""
    message = shown(facts_of(sales(365)))

    (table,) = [block for block in message.blocks if block["type"] == "data_table"]
    assert len(table["rows"]) == 201
    assert "The first 200 of 365 rows: all are in the thread." in str(message.blocks)
    assert "… 325 more rows" not in message.text[:500]


@pytest.mark.parametrize(
    ("cell", "kind", "name", "words"),
    [
        (2**63, ColumnKind.NUMBER, "n", "9,223,372,036,854,775,808"),
        (Decimal("0.10"), ColumnKind.NUMBER, "price", "0.10"),
        (Decimal("1E+3"), ColumnKind.NUMBER, "n", "1,000"),
        (Decimal("1E+99"), ColumnKind.NUMBER, "n", "1E+99"),
        (0.1, ColumnKind.NUMBER, "n", "0.1"),
        (12.0, ColumnKind.NUMBER, "n", "12"),
        (43563.12056737589, ColumnKind.NUMBER, "n", "43,563.1206"),
        (0.3333333333333333, ColumnKind.NUMBER, "n", "0.3333"),
        (0.00012345678, ColumnKind.NUMBER, "n", "0.00012345678"),
        (Decimal("1.23456789012"), ColumnKind.NUMBER, "n", "1.23456789012"),
        (Decimal("20798.210000000000"), ColumnKind.NUMBER, "n", "20,798.21"),
        (Decimal("3.0000000000000000"), ColumnKind.NUMBER, "n", "3.00"),
        (Decimal("0E-20"), ColumnKind.NUMBER, "n", "0.00"),
        (Decimal("1234567.12345678901"), ColumnKind.NUMBER, "n", "1,234,567.12345678901"),
        (Decimal("9" * 40 + ".0000000"), ColumnKind.NUMBER, "n", "9" * 40 + ".00"),
        (1e300, ColumnKind.NUMBER, "n", "1e+300"),
        (2026, ColumnKind.NUMBER, "year", "2026"),
        (12345, ColumnKind.NUMBER, "order_id", "12345"),
        (True, ColumnKind.BOOLEAN, "paid", "yes"),
        (None, ColumnKind.TEXT, "x", NULL_WORDS),
        ("00420", ColumnKind.TEXT, "zip", "00420"),
        (date(2026, 3, 29), ColumnKind.DATE, "day", "2026-03-29"),
        (
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            ColumnKind.TIMESTAMP,
            "at",
            "2026-03-29 01:30:00+00:00",
        ),
    ],
)
def test_a_cell_keeps_its_digits(cell, kind, name, words):
    """Numbers, names and dates are shown as the database has them; of long floats a part."""
    assert cell_words(cell, ResultColumn(name, kind)) == words


def test_the_time_is_that_of_the_reports_zone():
    """Nine in Berlin is nine, in summer and in winter."""
    assert wall_time(NINE, ZoneInfo("Europe/Berlin")) == "Sat 28 Nov 2026, 09:00 CET"
    summer = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    assert wall_time(summer, ZoneInfo("Europe/Berlin")) == "Wed 1 Jul 2026, 09:00 CEST"


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        ([date(2026, 11, 7), date(2026, 11, 8)], ["7 Nov", "8 Nov"]),
        ([date(2025, 12, 31), date(2026, 1, 2)], ["31 Dec 2025", "2 Jan 2026"]),
        ([date(2026, 1, 1), date(2026, 2, 1)], ["Jan 2026", "Feb 2026"]),
        ([datetime(2026, 11, 7), datetime(2026, 11, 8)], ["7 Nov", "8 Nov"]),  # noqa: DTZ001
        ([date(2026, 11, 7), None], ["2026-11-07", NULL_WORDS]),
    ],
)
def test_days_on_an_axis_are_short(cells, labels):
    """Only a day alone; the table has the dates as they are."""
    table = table_of(
        [ResultColumn("day", ColumnKind.DATE), ResultColumn("n", ColumnKind.NUMBER)],
        [[cell, 1] for cell in cells],
    )
    said = Said("…", charts=[ChartSpec("bar", "Days", 0, (1,))])
    (chart,) = report_message_context(facts_of(table, said))["charts"]

    assert chart["chart"]["axis_config"]["categories"] == labels


@pytest.mark.parametrize(
    ("cell", "unit", "words"),
    [
        (67_555.9, "EUR", "67,555.90"),
        (8_386.0, "€", "8,386.00"),
        (Decimal("12.5"), "USD", "12.50"),
        (Decimal("12.345"), "USD", "12.345"),
        (8_386, "EUR", "8,386"),
        (12.5, "%", "12.5"),
        (12.5, None, "12.5"),
    ],
)
def test_money_has_two_digits_behind_the_point(cell, unit, words):
    """At least; whole numbers stay whole, and no digit is taken away."""
    assert cell_words(cell, ResultColumn("revenue", ColumnKind.NUMBER, unit)) == words

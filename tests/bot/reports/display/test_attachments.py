"""Files of rows and pictures: exact, harmless, and readable by what people open them with."""

import csv
import io
import json
import struct
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.charts.chart import finding
from bot.charts.fallbacks import NATIVE, ChartFace, Face
from bot.charts.pictures import chart_svg, draw_chart, ticks
from bot.messages.transports.base import File
from bot.reports.analysts.base import ChartSpec
from bot.reports.display.attachments import (
    file_stem,
    harmless_cell,
    rows_csv_of,
    rows_json_of,
    thread_files,
)
from bot.reports.display.charts import chart_of
from bot.reports.display.message import Said
from bot.sources.result import ColumnKind, ResultColumn
from tests.bot.reports.shop import COLUMNS, facts_of, report_of, sales, table_of

PICTURES = Face(chart=ChartFace.PICTURE)
ANY = ResultColumn("x", ColumnKind.TEXT)


def read_csv(text):
    """Return the rows as a spreadsheet reads them."""
    assert text.startswith("\ufeff")
    assert "\n" not in text.replace("\r\n", "")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_keeps_every_digit():
    """Leading zeros, trailing zeros, large integers and dates are as the database has them."""
    row = ["00420", Decimal("0.10"), 2**63, date(2026, 3, 29), None, True, 'a "b", c', 0.1]
    (header, read) = read_csv(rows_csv_of(table_of([ANY] * 8, [row])))

    assert header == ["x"] * 8
    assert read == [
        *("00420", "0.10", "9223372036854775808", "2026-03-29", "", "true", 'a "b", c', "0.1")
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("-12.50", "-12.50"),
        ("+49", "+49"),
        ("-1e5", "-1e5"),
        ("a=1", "a=1"),
        ("", ""),
        ("\x00=1", "'=1"),
    ],
)
def test_no_cell_is_a_formula(text, written):
    """What a spreadsheet would run begins with an apostrophe; numbers stay numbers."""
    assert harmless_cell(text) == written


def test_json_is_read_without_a_loss():
    """Numbers that readers would round are text; the query is named."""
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    table = table_of(
        [ANY, ResultColumn("revenue", ColumnKind.NUMBER, "EUR")],
        [["<é>", Decimal("0.10")], [2**60, None], [at, 7]],
    )
    read = json.loads(rows_json_of(table))

    assert read["rows"] == [["<é>", "0.10"], [str(2**60), None], [at.isoformat(), 7]]
    assert read["columns"][1] == {"name": "revenue", "kind": "number", "unit": "EUR"}
    assert (read["sql"], read["source"], read["digest"]) == (table.sql, "shop", table.digest)


def test_the_thread_has_rows_and_where_slack_draws_nothing_pictures():
    """Each as a reply of its own; an empty result has none."""
    stem = "daily-revenue-2026-11-28"

    def names(table, face):
        return [one.context["name"] for one in thread_files(facts_of(table), face)]

    assert names(sales(), NATIVE) == [f"{stem}.csv", f"{stem}.json"]
    assert names(sales(), PICTURES) == [f"{stem}-chart-1.png", f"{stem}.csv", f"{stem}.json"]
    assert names(table_of(COLUMNS, []), PICTURES) == []


def test_a_picture_says_what_it_shows():
    """It is a PNG of a good size, and its alternative text is the finding."""
    picture = File(**thread_files(facts_of(), PICTURES)[0].context)

    content = picture.encoded()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", content[16:24]) == (1200, 680)
    assert picture.alt_text == (
        "Revenue by day. revenue (EUR): highest 13,147.50 (23 Nov),"
        " lowest 11,765.50 (22 Nov), last 12,450.50 (27 Nov)."
    )


@pytest.mark.parametrize(
    ("kind", "series"),
    [("bar", (1,)), ("bar", (1, 2)), ("line", (1, 2)), ("area", (1, 2)), ("pie", (1,))],
)
@pytest.mark.parametrize(
    "values",
    [[0, 0], [-5, 5], [1e-9, 1e300], [3] * 60, [Decimal("0.1"), 10**18] * 6],
    ids=["zero", "signs", "far apart", "many", "exact"],
)
def test_every_chart_can_be_drawn(kind, series, values):
    """Whatever its figures and names are."""
    names = ["<&>\x00", "\ud800", "日本", "مصر", "x" * 300, "", "\ufdd0"]
    table = table_of(
        [ANY, ResultColumn("n", ColumnKind.NUMBER), ResultColumn("m", ColumnKind.NUMBER)],
        [[names[at % len(names)], value, value] for at, value in enumerate(values)],
    )
    chart = chart_of(ChartSpec(kind, "T <script>\x01", 0, series), table)

    assert chart is not None
    assert draw_chart(chart).startswith(b"\x89PNG")
    assert "nan" not in chart_svg(chart)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0, 0, [0, 0.2]),
        (-4, 48, [-20, 0, 20, 40, 60]),
        (9025, 13147, [9000, 10000, 11000, 12000, 13000, 14000]),
    ],
)
def test_an_axis_has_round_numbers(low, high, expected):
    """From below the lowest figure to above the highest."""
    assert ticks(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Daily revenue", "daily-revenue"),
        ("../../etc/passwd", "etc-passwd"),
        ("Umsatz für Österreich", "umsatz-für-österreich"),
        ("💥", "report"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_file_is_named_after_its_report(name, stem):
    """By letters and digits alone, with the day in the report's zone."""
    assert file_stem(facts_of(report=report_of(name=name))) == f"{stem}-2026-11-28"


def test_a_finding_names_several_series():
    """Three of them; how many more there are is said."""
    columns = [ANY, *(ResultColumn(f"s{number}", ColumnKind.NUMBER) for number in range(5))]
    table = table_of(columns, [["a", 1, 2, 3, 4, 5], ["b", 2, 1, 0, 4, 5]])
    chart = chart_of(ChartSpec("bar", "Five", 0, (1, 2, 3, 4, 5)), table)

    assert chart is not None
    assert finding(chart) == (
        "Five. s0: highest 2 (b), lowest 1 (a); s1: highest 2 (a), lowest 1 (b);"
        " s2: highest 3 (a), lowest 0 (b); 2 more series."
    )


def test_a_file_too_large_is_left_out():
    """The database keeps messages, not archives."""
    table = table_of([ANY], [["x" * 1_000]] * 6_000)

    assert thread_files(facts_of(table, Said("…")), NATIVE) == []

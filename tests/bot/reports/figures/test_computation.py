"""Values are exact, and say in words what cannot be compared."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from bot.reports.figures.computation import compute_values
from bot.reports.figures.period_lengths import read_steps
from bot.sources.result import ColumnKind
from tests.bot.reports.figures.lying_model import table

ORDERS = [("city", ColumnKind.TEXT), ("orders", ColumnKind.NUMBER)]
DAYS = [("day", ColumnKind.DATE), ("amount", ColumnKind.NUMBER, "EUR")]


def texts(values, *refs):
    """Return how values are shown."""
    return [values[ref].text for ref in refs]


def some_number(chance):
    """Return an integer, a decimal or a float of any size, or NULL."""
    return chance.choice(
        [
            chance.randint(-(10**18), 10**18),
            Decimal(chance.randint(-(10**12), 10**12)).scaleb(-chance.randint(0, 6)),
            chance.uniform(-1e6, 1e6),
            0,
            None,
        ]
    )


def fraction(number):
    """Return a number as the database wrote it, exactly."""
    return Fraction(repr(number) if isinstance(number, float) else str(number))


def exact(value) -> Fraction | None:
    """Return a value exactly."""
    return None if value.exact is None else Fraction(value.exact)


def test_totals_and_changes_are_exact():
    """For 200 random tables totals, changes and percentages equal exact arithmetic."""
    chance = random.Random(20)
    for _ in range(200):
        cells = [some_number(chance) for _ in range(chance.randint(2, 12))]
        rows = [(date(2020, 1, 1 + day), cell) for day, cell in enumerate(cells)]
        values = compute_values(table(DAYS, rows))
        numbers = [fraction(cell) for cell in cells if cell is not None]
        old, new = cells[-2], cells[-1]

        total = exact(values["total_amount"])
        assert total == (sum(numbers) if numbers else None)
        if old is None or new is None:
            assert values["change_amount"].text.startswith("not comparable: there ")
            continue
        change = fraction(new) - fraction(old)
        assert exact(values["change_amount"]) == change
        percent = exact(values["percent_change_amount"])
        if fraction(old) <= 0:
            assert percent is None
        else:
            assert percent is not None
            assert abs(percent - change * 100 / fraction(old)) < Fraction(1, 10**20)


@pytest.mark.parametrize(
    ("old", "new", "change", "percent"),
    [
        (0, 5, "+5.00 EUR", "not comparable: it was 0"),
        (None, 5, "not comparable: there was no value before", ""),
        (5, None, "not comparable: there is no value now", ""),
        (-4, 6, "+10.00 EUR", "not comparable: it was below 0"),
        (5, 5, "0.00 EUR", "0.0 %"),
        (200, 150, "-50.00 EUR", "-25.0 %"),
        (10_000, 10_001, "+1.00 EUR", "+0.010 %"),
        (1, 21, "+20.00 EUR", "+2,000 %"),
    ],
)
def test_changes_against_nothing_are_words(old, new, change, percent):
    """Against zero, nothing and NULL there is no percentage, and a small one never looks like 0."""
    rows = [(date(2020, 1, 1), old), (date(2020, 1, 2), new), (date(2019, 1, 1), Decimal("1.25"))]
    values = compute_values(table(DAYS, rows))

    assert texts(values, "change_amount", "percent_change_amount") == [change, percent or change]


def test_runs_are_compared_by_total():
    """What the run before found is a value, and so is the change."""
    before = table(ORDERS, [("Berlin", 3), ("Oslo", 1)])
    now = table(ORDERS, [("Berlin", 5), ("Oslo", 1), ("Rome", 2)])
    values = compute_values(now, before)

    assert texts(values, "previous_orders", "run_change_orders", "percent_run_change_orders") == [
        "4",
        "+4",
        "+100.0 %",
    ]
    assert texts(values, "gain_name_orders", "size_of_gain_orders") == ["Berlin", "2"]


def test_another_unit_is_not_compared():
    """Euros are not compared with the dollars of the run before."""
    now = table([("amount", ColumnKind.NUMBER, "EUR")], [(5,)])
    before = table([("amount", ColumnKind.NUMBER, "USD")], [(4,)])

    assert "run_change_amount" not in compute_values(now, before)


def test_ids_and_years_are_no_amounts():
    """Numbers that name things are not added up and get no separators; other integers do."""
    columns = [
        ("order_id", ColumnKind.NUMBER),
        ("year", ColumnKind.NUMBER),
        ("n", ColumnKind.NUMBER),
    ]
    values = compute_values(table(columns, [(1234567, 2019, 1234567), (1234568, 2020, 1)]))

    assert texts(values, "cell_1_order_id", "cell_1_year", "cell_1_n", "total_n") == [
        "1234567",
        "2019",
        "1,234,567",
        "1,234,568",
    ]
    assert "total_order_id" not in values


def test_rates_have_no_total():
    """Percentages and averages are not added up."""
    columns = [("city", ColumnKind.TEXT), ("error_rate", ColumnKind.NUMBER, "%")]
    values = compute_values(table(columns, [("Berlin", 1.5), ("Oslo", 2.25)]))

    assert "total_error_rate" not in values
    assert texts(values, "mean_error_rate", "top_1_name_error_rate") == ["1.88 %", "Oslo"]


def test_infinity_has_no_total():
    """A column with NaN or Infinity, which arrive as words, has no sum."""
    values = compute_values(table(ORDERS, [("Berlin", 3), ("Oslo", "Infinity")]))

    assert texts(values, "total_orders", "cell_2_orders") == [
        "no total: not all values of orders are numbers",
        "Infinity",
    ]


def test_a_column_with_nan_names_no_rows():
    """It is text for want of a number, and no label of the rows beside it."""
    broken = ("ratio", ColumnKind.TEXT)
    values = compute_values(table([broken, ("n", ColumnKind.NUMBER)], [("NaN", 1), ("0.5", 2)]))
    named = compute_values(table([broken, ("n", ColumnKind.NUMBER)], [("1e1", 1), ("0.5", 2)]))

    assert [one for one in values if one.startswith("top_1")] == []
    assert texts(named, "top_1_name_n") == ["0.5"]


def test_columns_are_named_in_any_language():
    """Letters with marks are letters, and percentiles are no amounts."""
    columns = [("größe_m2", ColumnKind.NUMBER), ("p95_ms", ColumnKind.NUMBER)]
    columns += [("выручка", ColumnKind.NUMBER), ("Prénom", ColumnKind.TEXT)]
    values = compute_values(table(columns, [(1, 2, 3, "Ada"), (4, 5, 6, "Ben")]))

    assert [one for one in values if one.startswith("total_")] == [
        "total_grosse_m2",
        "total_column_3",
    ]
    assert values["total_grosse_m2"].origin == "sum(größe m2)"
    assert texts(values, "cell_2_prenom") == ["Ben"]


def test_large_numbers_arrive_digit_for_digit():
    """64-bit integers and long decimals lose nothing."""
    columns = [("city", ColumnKind.TEXT), ("n", ColumnKind.NUMBER)]
    values = compute_values(table(columns, [("a", 2**63 - 1), ("b", 1)]))

    assert values["total_n"].exact == 2**63
    assert values["total_n"].text == "9,223,372,036,854,775,808"


def test_small_amounts_do_not_round_to_nothing():
    """What is not 0 is not shown as 0."""
    values = compute_values(
        table(DAYS, [(date(2020, 1, 1), Decimal("0.004")), (date(2020, 1, 2), 7)])
    )

    assert texts(values, "low_amount", "peak_amount") == ["0.0040 EUR", "7.00 EUR"]


def test_text_dates_are_periods():
    """Databases without a type for dates write them as text; they order the rows all the same."""
    columns = [("week", ColumnKind.TEXT), ("n", ColumnKind.NUMBER)]
    values = compute_values(table(columns, [("2020-W10", 5), ("2020-W09", 3)]))

    assert texts(values, "last_period", "change_n", "span") == [
        "2020-W10",
        "+2",
        "2020-W09 to 2020-W10",
    ]


def test_two_columns_of_one_name_stay_two():
    """Each has refs of its own."""
    columns = [("n", ColumnKind.NUMBER), ("n", ColumnKind.NUMBER)]
    values = compute_values(table(columns, [(1, 10), (2, 20)]))

    assert texts(values, "total_n", "total_n_2") == ["3", "30"]


def test_a_value_is_described_by_the_name_of_its_column():
    """References are ASCII, names are not: people read of `größe`."""
    columns = [("größe", ColumnKind.NUMBER), ("Größe", ColumnKind.NUMBER)]
    values = compute_values(table(columns, [(1, 3), (2, 4)]))

    assert values["total_grosse"].description == "total größe"
    assert values["total_grosse_2"].description == "total größe"


def test_outliers_lie_far_from_all_others():
    """One value far from the rest is named; without spread nobody is unusual."""
    spread = [(f"c{number}", 10 + number % 3) for number in range(11)]
    values = compute_values(table(ORDERS, [*spread, ("Oslo", 99)]))

    assert texts(values, "outlier_1_name_orders", "outlier_1_orders") == ["Oslo", "99"]
    assert "outlier_2_orders" not in values
    same = compute_values(table(ORDERS, [(f"c{number}", 5) for number in range(11)]))
    assert "outlier_1_orders" not in same


def test_every_value_names_its_origin():
    """Whoever asks learns which cells a figure is made of."""
    values = compute_values(table(ORDERS, [("Berlin", 3), ("Oslo", 1)]))

    assert [ref for ref in values if not values[ref].origin] == []
    assert values["cell_2_orders"].origin == "row 2, orders"
    assert values["total_orders"].origin == "sum(orders)"


@pytest.mark.parametrize(
    ("sql", "today", "is_whole"),
    [
        ("SELECT …", date(2020, 3, 31), False),
        ("SELECT …", date(2020, 4, 1), True),
        ("SELECT … WHERE at < '2020-03-15' GROUP BY 1", date(2020, 4, 1), False),
        ("SELECT … WHERE at < CAST('2020-04-01' AS DATE)", date(2020, 4, 1), True),
        ("SELECT … WHERE born < '1999-01-01'", date(2020, 4, 1), True),
    ],
)
def test_a_period_that_is_not_whole_is_not_compared(sql, today, is_whole):
    """Neither one that goes on today, nor one that the query cuts: it neither fell nor is low."""
    rows = [(date(2020, month, 1), 100 - month) for month in (1, 2, 3)]
    values = compute_values(replace(table(DAYS, rows), sql=sql), today=today)

    whole = ["-1 EUR", "-1.0 %"]
    cut = ["not comparable: the latest month is incomplete"] * 2
    assert texts(values, "change_amount", "percent_change_amount") == (whole if is_whole else cut)
    assert values["last_amount"].description == (
        f"amount, latest month{'' if is_whole else ' (incomplete)'}"
    )
    assert ("low_amount" in values) == is_whole


@pytest.mark.parametrize(
    ("begins", "before"),
    [
        (["2020-01", "2020-02", "2020-03"], "the month before"),
        (["2020-01", "2020-02", "2020-04"], "the period before"),
        (["2019-W52", "2020-W01"], "the week before"),
        (["2019-Q4", "2020-Q1"], "the quarter before"),
        ([2019, 2020], "the year before"),
        ([date(2019, 10, 1), date(2020, 1, 1)], "the quarter before"),
        ([date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1)], "the day before"),
        ([date(2020, 1, 5), date(2020, 1, 9)], "the period before"),
        (["2020-01-01 09:00", "2020-01-01 10:00"], "the hour before"),
        (["2020-13", "9999-12"], "the period before"),
    ],
)
def test_periods_have_a_length(begins, before):
    """Dates, months, weeks, quarters, years and hours; where one is left out it is not said."""
    rows = [(one, 1) for one in begins]
    steps = read_steps(table([("year", ColumnKind.TEXT), DAYS[1]], rows), 0, None)

    assert steps.before == before


@pytest.mark.parametrize(
    ("cells", "source", "is_whole"),
    [
        (["2020-01-01 09:00", "2020-01-01 10:00"], "shop", True),
        (["2020-01-01 10:00", "2020-01-01 11:00"], "shop", False),
        (["2020-01-01 09:00", "2020-01-01 10:00"], "opsbell", False),  # UTC, always.
        ([datetime(2020, 1, 1, hour, tzinfo=UTC) for hour in (9, 10)], "shop", False),
        ([datetime(2020, 1, 1, hour, tzinfo=UTC) for hour in (8, 9)], "shop", True),
    ],
)
def test_an_hour_that_goes_on_is_not_whole(cells, source, is_whole):
    """It is five past eleven in Berlin, and five past ten in UTC."""
    asked = table([("hour", ColumnKind.TIMESTAMP), DAYS[1]], [(one, 1) for one in cells])
    read_at = datetime(2020, 1, 1, 10, 5, tzinfo=UTC)
    asked = replace(asked, source=source, fetched_at=read_at)
    steps = read_steps(asked, 0, datetime(2020, 1, 1, 11, 5))  # noqa: DTZ001

    assert steps.is_last_whole == is_whole


def test_a_first_period_that_the_query_cuts_is_no_lowest():
    """A week that began before the quarter that is asked for is low by itself."""
    rows = [(date(2020, 6, 29), 1), (date(2020, 7, 6), 9), (date(2020, 7, 13), 7)]
    whole = table(DAYS, rows)
    cut = replace(whole, sql="SELECT … WHERE at >= '2020-07-01'")

    assert ["low_amount" in compute_values(one) for one in (whole, cut)] == [True, False]


def test_levels_of_several_rows_have_no_period():
    """Two rates of a day make no rate of the day, and that is not `no value before`."""
    columns = [("day", ColumnKind.DATE), ("city", ColumnKind.TEXT), ("rate", ColumnKind.NUMBER)]
    days = [date(2020, 1, day) for day in (1, 2)]
    rows = [(day, city, 1 + day.day) for day in days for city in ("Oslo", "Rome")]
    values = compute_values(table(columns, rows))

    assert not {"last_rate", "change_rate", "before_rate"} & set(values)

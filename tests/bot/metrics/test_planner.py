"""Questions in words become plans, or are refused with what is missing."""

from datetime import date

import pytest

from bot.config_sections.reports import MetricSettings
from bot.metrics.period_points import begin_of, shift
from bot.metrics.periods import find_periods
from bot.metrics.plan import DimensionFilter, FilterOperator, Grain, MetricPlan, Period
from bot.metrics.planner import plan_words

SATURDAY = date(2026, 11, 28)
DIMENSIONS = ["country", "product", "customer_type"]
SALES = {"table": "sales", "sql": "sum(amount)", "time": "sold_at", "dimensions": DIMENSIONS}
METRICS = {
    "revenue": MetricSettings(**SALES, synonyms=["turnover", "money made"]),
    "orders": MetricSettings(**SALES),
    "return_rate": MetricSettings(**SALES, better="low"),
    "stock": MetricSettings(table="stock", sql="sum(pieces)", dimensions=["product"]),
}
LAST_WEEK = Period(date(2026, 11, 16), date(2026, 11, 23), "last week")
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "2026-10")


def plan(metric, period=None, **more):
    """Return a plan."""
    return MetricPlan(metric, period, **more)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("revenue", plan("revenue")),
        ("Show me the total revenue, please!", plan("revenue")),
        ("What was our turnover last week?", plan("revenue", LAST_WEEK)),
        ("money made last week", plan("revenue", LAST_WEEK)),
        ("revenue by country last week", plan("revenue", LAST_WEEK, dimensions=("country",))),
        ("Last week's revenue per country", plan("revenue", LAST_WEEK, dimensions=("country",))),
        (
            "return rate by country and product in October",
            plan("return_rate", OCTOBER, dimensions=("country", "product")),
        ),
        ("revenue by customer types", plan("revenue", dimensions=("customer_type",))),
        ("revenue by customer_type", plan("revenue", dimensions=("customer_type",))),
        ("orders per day last week", plan("orders", LAST_WEEK, grain=Grain.DAY)),
        ("weekly orders", plan("orders", grain=Grain.WEEK)),
        (
            "monthly orders for each country",
            plan("orders", grain=Grain.MONTH, dimensions=("country",)),
        ),
        (
            "top 5 products by revenue in October",
            plan("revenue", OCTOBER, dimensions=("product",), limit=5),
        ),
        (
            "lowest 3 countries by orders",
            plan("orders", dimensions=("country",), limit=3, is_descending=False),
        ),
        (
            "best 2 countries by return rate",
            plan("return_rate", dimensions=("country",), limit=2, is_descending=False),
        ),
        ("worst 2 countries by return rate", plan("return_rate", dimensions=("country",), limit=2)),
        (
            "Which country had the most orders last week?",
            plan("orders", LAST_WEEK, dimensions=("country",), limit=1),
        ),
        (
            "revenue where country is Germany",
            plan(
                "revenue",
                filters=(DimensionFilter("country", FilterOperator.EQUALS, ("Germany",)),),
            ),
        ),
        (
            "revenue by product where country = 'United States' last week",
            plan(
                "revenue",
                LAST_WEEK,
                dimensions=("product",),
                filters=(DimensionFilter("country", FilterOperator.EQUALS, ("United States",)),),
            ),
        ),
        (
            "revenue where country is New Zealand or France",
            plan(
                "revenue",
                filters=(DimensionFilter("country", FilterOperator.IN, ("New Zealand", "France")),),
            ),
        ),
        (
            "revenue where country is not France",
            plan(
                "revenue",
                filters=(DimensionFilter("country", FilterOperator.NOT_EQUALS, ("France",)),),
            ),
        ),
        ("stock by product", plan("stock", dimensions=("product",))),
    ],
)
def test_a_question_becomes_a_plan(question, expected):
    """Metrics, dimensions, grains, periods, rankings and filters are found by their words."""
    assert plan_words(question, METRICS, SATURDAY).plan == expected


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("", "names no metric; known: orders, return_rate, revenue, stock"),
        ("revenu by country", "names no metric; did you mean `revenue`?"),
        ("What is the capital of France?", "names no metric"),
        ("average revenue", "`average` names nothing that is known"),
        ("revenue in Germany", "`Germany` names nothing that is known"),
        ("revenue by colour", "`colour` names nothing that is known"),
        ("revenue without returns", "`without` names nothing that is known"),
        ("revenue by country compared to last year", "`to last year` is not clear"),
        ("orders of unhappy customers", "`unhappy` names nothing that is known"),
        ("revenue by product 42", "`42` names nothing that is known"),
        ("revenue > 100", "`>` is not understood"),
        ("revenue and orders", "names orders, revenue: ask for one of them"),
        ("revenue last week and last month", "two periods, `last week` and `last month`"),
        ("daily and weekly revenue", "Divide by day or by week"),
        ("top 0 products by revenue", "Ask for 1 to 1,000"),
        ("highest revenue", "`highest` of what?"),
        ("top 3 products by revenue per month", "cannot be divided by month"),
        ("revenue by", "`by` what? Name a dimension: country, customer_type, product."),
        ("revenue by last week", "`by last week` is not clear"),
        ("revenue for each", "`each` what?"),
        ("stock last week", "The metric stock has no time column"),
        ("revenue where country is", "`country` is compared with nothing"),
        ("revenue on 2026-02-30", "`on 2026-02-30` is no period"),
        ("revenue week 54", "`week 54` is no period"),
        ("revenue from 2026-02-02 to 2026-01-01", "ends before it begins"),
        ("revenue last 0 days", "`last 0 days` is no period"),
        ("revenue last 9999 years", "`last 9999 years` is no period"),
        ("revenue " * 100, "at most 500 characters"),
    ],
)
def test_what_is_not_understood_is_named(question, missing):
    """A question is refused with the word or the part that is missing, and never guessed."""
    planned = plan_words(question, METRICS, SATURDAY)

    assert planned.plan is None
    assert missing in planned.missing


KNOWN = {
    "country": ["Germany", "United States", "Georgia", "all"],
    "product": ["Chef's knife", "Georgia", "Pan"],
}


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("revenue in germany last week", [("country", "=", ("Germany",))]),
        ("revenue of Chef's knife", [("product", "=", ("Chef's knife",))]),
        ("all revenue in the United States", [("country", "=", ("United States",))]),
        (
            "revenue in Germany and the United States",
            [("country", "in", ("Germany", "United States"))],
        ),
        ("pan revenue in Germany", [("country", "=", ("Germany",)), ("product", "=", ("Pan",))]),
        ("revenue by product where country is Germany", [("country", "=", ("Germany",))]),
    ],
)
def test_values_that_are_known_are_filters(question, filters):
    """A value stands for its dimension, where the values are known."""
    plan = plan_words(question, METRICS, SATURDAY, KNOWN).plan
    assert plan is not None

    found = [(one.dimension, one.comparison, one.values) for one in plan.filters]
    assert sorted(found) == filters


def test_a_value_of_two_dimensions_is_not_guessed():
    """Who asks is told how to say which one is meant; an unknown word stays unknown."""
    unclear = plan_words("revenue in Georgia", METRICS, SATURDAY, KNOWN)
    unknown = plan_words("revenue in Narnia", METRICS, SATURDAY, KNOWN)

    assert unclear.missing == (
        "`georgia` is not clear: write `country is georgia` or `product is georgia`."
    )
    assert "`Narnia` names nothing that is known" in unknown.missing


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("today", "2026-11-28", "2026-11-29"),
        ("yesterday", "2026-11-27", "2026-11-28"),
        ("this week", "2026-11-23", "2026-11-30"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("previous quarter", "2026-07-01", "2026-10-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("last 7 days", "2026-11-21", "2026-11-28"),
        ("past two weeks", "2026-11-09", "2026-11-23"),
        ("last 12 months", "2025-11-01", "2026-11-01"),
        ("month to date", "2026-11-01", "2026-11-29"),
        ("in november", "2026-11-01", "2026-12-01"),
        ("in december", "2025-12-01", "2026-01-01"),
        ("in feb 2024", "2024-02-01", "2024-03-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("q4", "2026-10-01", "2027-01-01"),
        ("q1 2025", "2025-01-01", "2025-04-01"),
        ("in 2025", "2025-01-01", "2026-01-01"),
        ("week 48", "2026-11-23", "2026-11-30"),
        ("week 49", "2025-12-01", "2025-12-08"),
        ("2026-w01", "2025-12-29", "2026-01-05"),
        ("on 2026-03-29", "2026-03-29", "2026-03-30"),
        ("since 2026-11-01", "2026-11-01", "2026-11-29"),
        ("between 2026-01-01 and 2026-01-31", "2026-01-01", "2026-02-01"),
    ],
)
def test_periods_are_those_of_the_calendar(words, start, end):
    """A period begins with its first day, and ends before the first day after it."""
    (found,) = find_periods(f"revenue {words} by country", SATURDAY)

    assert (found.period.start, found.period.end) == (
        date.fromisoformat(start),
        date.fromisoformat(end),
    )


@pytest.mark.parametrize("grain", Grain)
def test_periods_follow_each_other_without_a_gap(grain):
    """Each day of four years lies in one period of each kind."""
    begin = begin_of(date(2023, 12, 31), grain)
    while begin < date(2028, 1, 1):
        following = shift(begin, grain, 1)
        last = date.fromordinal(following.toordinal() - 1)
        assert (begin_of(last, grain), begin_of(following, grain)) == (begin, following)
        assert shift(following, grain, -1) == begin
        begin = following

"""Plans as SQL: the database's own aggregates, in every dialect."""

import random
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import duckdb
import pytest

from bot.cli.demo.shop import OUTLIER_DAYS_AGO, shop_configuration, write_shop
from bot.config_file import read_config_file
from bot.config_sections.reports import MetricSettings
from bot.errors import InvalidError
from bot.metrics.period_points import begin_of
from bot.metrics.plan import DimensionFilter, FilterOperator, Grain, MetricPlan, Period
from bot.metrics.planner import plan_words
from bot.metrics.sql_rendering import adds_up, render_plan

TODAY = date(2026, 11, 28)
DIMENSIONS = ("country", "category", "product")
#: What each metric is of the rows of a group, computed another way than in SQL.
AGGREGATES = {
    "revenue": lambda rows: Fraction(sum(row["amount_cents"] for row in rows), 100),
    "orders": lambda rows: len({row["order_id"] for row in rows}),
    "return_rate": lambda rows: Fraction(100 * sum(row["is_returned"] for row in rows), len(rows)),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The demo's shop, its metrics, and all that it sold."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder / "shop.db", TODAY)
    (folder / "opsbell.toml").write_text(shop_configuration(folder))
    connection = sqlite3.connect(folder / "shop.db")
    connection.row_factory = sqlite3.Row
    rows = [dict(row) for row in connection.execute("SELECT * FROM sales")]
    for row in rows:
        row["day"] = date.fromisoformat(row["ordered_at"][:10])
    yield connection, read_config_file(folder / "opsbell.toml").metrics, rows
    connection.close()


def expected_rows(plan, rows):
    """Return for each group the value of the plan's metric."""
    groups = defaultdict(list)
    for row in rows:
        is_in = plan.period is None or plan.period.start <= row["day"] < plan.period.end
        if is_in and all(row[one.dimension] in one.values for one in plan.filters):
            key = tuple(row[name] for name in plan.dimensions)
            if plan.grain:
                key = (begin_of(row["day"], plan.grain).isoformat(), *key)
            groups[key].append(row)
    return {key: AGGREGATES[plan.metric](found) for key, found in groups.items()}


def random_plan(chance):
    """Return a plan over the shop."""
    begin = TODAY - timedelta(days=chance.randrange(370))
    period = Period(begin, begin + timedelta(days=chance.choice((1, 7, 30, 90))), "some days")
    dimension = chance.choice(DIMENSIONS)
    countries = tuple(chance.sample(("Germany", "France", "Spain"), 2))
    return MetricPlan(
        metric=chance.choice(tuple(AGGREGATES)),
        period=chance.choice((period, period, None)),
        dimensions=chance.choice(((), (dimension,), (dimension,), DIMENSIONS[:2])),
        grain=chance.choice((None, None, *Grain)),
        filters=chance.choice(((), (DimensionFilter("country", FilterOperator.IN, countries),))),
    )


def test_metrics_are_the_databases_own_aggregates(shop):
    """Two hundred metrics by dimension and period equal what the rows add up to."""
    connection, metrics, rows = shop
    chance = random.Random(5)
    compared = 0
    for _ in range(200):
        plan = random_plan(chance)
        sql = render_plan(plan, metrics[plan.metric], dialect="sqlite")
        found = {tuple(row)[:-1]: row[plan.metric] for row in connection.execute(sql)}
        expected = expected_rows(plan, rows)
        if found == {(): None} or found == {(): 0}:
            found = {}
        assert found == {key: pytest.approx(float(one)) for key, one in expected.items()}, sql
        compared += len(expected)

    assert compared > 1_000


def test_words_are_answered_with_the_rows_that_they_mean(shop):
    """A question's own figures are those of the rows, and the best come first."""
    connection, metrics, rows = shop
    plan = plan_words("top 3 products by revenue last month", metrics, TODAY).plan
    assert plan is not None

    found = [
        tuple(row)
        for row in connection.execute(render_plan(plan, metrics["revenue"], dialect="sqlite"))
    ]

    whole = expected_rows(plan, rows)
    best = sorted(whole.items(), key=lambda pair: -pair[1])[:3]
    assert [name for name, _ in found] == [key[0] for key, _ in best]
    assert [value for _, value in found] == [pytest.approx(float(value)) for _, value in best]


@pytest.mark.parametrize(("word", "place"), [("worst", 0), ("best", -1)])
def test_the_worst_and_the_best_period_are_found(shop, word, place):
    """A ranking of weeks is by the metric, and not by time."""
    connection, metrics, rows = shop
    plan = plan_words(f"{word} week by revenue in the last 10 weeks", metrics, TODAY).plan
    assert plan is not None

    found = connection.execute(render_plan(plan, metrics["revenue"], dialect="sqlite")).fetchall()

    in_order = sorted(expected_rows(plan, rows).items(), key=lambda pair: pair[1])
    (week,), value = in_order[place]
    assert [tuple(row) for row in found] == [(week, pytest.approx(float(value)))]


def test_the_shop_is_the_same_each_time_and_has_a_story(shop, tmp_path):
    """A year up to yesterday: one day stands out, and one country grows."""
    connection, _, rows = shop
    write_shop(tmp_path / "again.db", TODAY)
    again = sqlite3.connect(tmp_path / "again.db")
    assert again.execute("SELECT * FROM sales").fetchall() == [
        tuple(row) for row in connection.execute("SELECT * FROM sales")
    ]
    again.close()

    days = defaultdict(set)
    for row in rows:
        days[row["day"]].add(row["order_id"])
    assert (min(days), max(days)) == (TODAY - timedelta(days=365), TODAY - timedelta(days=1))
    busiest = max(days, key=lambda day: len(days[day]))
    assert busiest == TODAY - timedelta(days=OUTLIER_DAYS_AGO)
    spain = [row for row in rows if row["country"] == "Spain"]
    early = [row for row in spain if row["day"] < TODAY - timedelta(days=182)]
    assert len(spain) - len(early) > 1.3 * len(early)


def duck(sql):
    """Return the rows of a query on DuckDB, over three events at the end of winter time."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE TABLE events (happened timestamptz, kind text, n integer)")
        connection.execute(
            "INSERT INTO events VALUES ('2026-03-28 22:59:00+00', 'a', 1),"
            " ('2026-03-28 23:00:00+00', 'A', 10), ('2026-03-29 22:00:00+00', NULL, 100)"
        )
        return connection.execute(sql).fetchall()


EVENTS = MetricSettings(table="events", sql="sum(n)", time="happened", dimensions=["kind"])
SUNDAY = Period(date(2026, 3, 29), date(2026, 3, 30), "2026-03-29")


def test_instants_belong_to_the_days_of_a_zone():
    """A day of Berlin begins at its midnight, also on the day that lasts 23 hours."""
    daily = MetricPlan("n", SUNDAY, grain=Grain.DAY)

    in_berlin = render_plan(daily, EVENTS, dialect="duckdb", zone="Europe/Berlin", has_zone=True)
    in_london = render_plan(daily, EVENTS, dialect="duckdb", has_zone=True)

    assert duck(in_berlin) == [(date(2026, 3, 29), 10)]
    assert duck(in_london) == [(date(2026, 3, 29), 100)]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_times_of_utc_belong_to_the_days_of_a_zone(zone, dialect):
    """UTC without a zone is divided at a zone's midnights, on SQLite, too, which knows no zones."""
    chance = random.Random(3)
    period = Period(date(2026, 3, 20), date(2027, 4, 5), "a year")
    first = datetime.combine(period.start, time(), UTC) - timedelta(days=1)
    times = [first + timedelta(minutes=chance.randrange(385 * 24 * 60)) for _ in range(2_000)]
    expected = Counter(at.astimezone(ZoneInfo(zone)).date() for at in times)
    rows = [(at.strftime("%Y-%m-%d %H:%M:%S.000000"), 1) for at in times]
    metric = EVENTS.model_copy(update={"utc": True})
    module = sqlite3 if dialect == "sqlite" else duckdb

    with closing(module.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE events (happened timestamp, n integer)")
        connection.executemany("INSERT INTO events VALUES (?, ?)", rows)
        plan = MetricPlan("n", period, grain=Grain.DAY)
        sql = render_plan(plan, metric, dialect=dialect, zone=zone)
        found = {str(day): n for day, n in connection.execute(sql).fetchall()}

    assert found == {
        str(day): count for day, count in expected.items() if period.start <= day < period.end
    }


def test_filters_do_not_mind_case_and_keep_what_has_no_value():
    """`is A` finds `a`; `is not A` finds also the rows without a value."""

    def asked(comparison, value):
        filters = (DimensionFilter("kind", comparison, (value,)),)
        return duck(render_plan(MetricPlan("n", filters=filters), EVENTS, dialect="duckdb"))

    assert asked(FilterOperator.EQUALS, "A") == [(11,)]
    assert asked(FilterOperator.NOT_EQUALS, "a") == [(100,)]
    assert asked(FilterOperator.EQUALS, "a' OR 1 = 1 --") == [(None,)]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "duckdb", "bigquery"])
def test_every_dialect_has_its_own_words(dialect):
    """Names are quoted as the dialect does, and missing values stand last."""
    metric = EVENTS.model_copy(update={"dimensions": ['odd "name']})
    plan = MetricPlan("n", SUNDAY, dimensions=('odd "name',), limit=3)

    sql = render_plan(plan, metric, dialect=dialect)

    assert {
        "sqlite": '"odd ""name"',
        "postgres": '"odd ""name"',
        "duckdb": '"odd ""name"',
        "bigquery": '`odd "name`',
    }[dialect] in sql
    assert ("NULLS LAST" in sql) == (dialect != "duckdb")
    assert sql.endswith("LIMIT 3")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("sum(price * quantity)", True),
        ("sum(cents) / 100.0", True),
        ("CAST(sum(cents) AS REAL) / 100", True),
        ("CAST(sum(price) AS INTEGER)", False),
        ("0.01 * sum(cents)", True),
        ("count(*)", True),
        ("coalesce(sum(paid), 0) - sum(refunded)", True),
        ("count(DISTINCT order_id)", False),
        ("sum(DISTINCT price)", False),
        ("avg(price)", False),
        ("100.0 * sum(returned) / count(*)", False),
        ("max(price)", False),
        ("sum(price) / count(*)", False),
        ("sum((", False),
    ],
)
def test_only_sums_and_counts_add_up(sql, expected):
    """The groups of an average, a share or a count of different things have no total."""
    assert adds_up(sql) is expected


def test_a_metric_that_is_no_sql_is_refused():
    """What the operator wrote in the settings is named."""
    metric = EVENTS.model_copy(update={"sql": "sum((n"})

    with pytest.raises(InvalidError, match=r"the sql of \[metrics.n\] cannot be read"):
        render_plan(MetricPlan("n"), metric, dialect="sqlite")

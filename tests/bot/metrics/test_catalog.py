"""The metrics of the settings, asked of a real source."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.cli.demo.shop import OUTLIER_DAYS_AGO, shop_configuration, shop_path, write_shop
from bot.clock import SystemClock
from bot.config_file import read_config_file
from bot.config_sections.reports import MetricSettings, SourceSettings, metric_problems
from bot.metrics.catalog import Metrics
from bot.metrics.own_metrics import own_metrics
from bot.metrics.plan import DimensionFilter, FilterOperator
from bot.sources.registry import Sources
from bot.sources.result import ColumnKind, ResultTable

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
ZONE = "Europe/Berlin"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The demo's shop as a source, and its metrics."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(shop_path(folder), NOW.date())
    (folder / "opsbell.toml").write_text(shop_configuration(folder))
    config = read_config_file(folder / "opsbell.toml")
    sources = Sources(config.sources, database_url="sqlite:////none", clock=SystemClock())
    yield sources.get(None), Metrics(config.metrics, config.sources)
    sources.close()


async def test_a_question_is_planned_and_answered_with_units(shop):
    """Words become SQL that the source takes, and the metric's column has its unit."""
    source, metrics = shop
    planned = await metrics.plan("return rate by country last month", source, ZONE, NOW)

    result = metrics.with_units(await source.fetch(await source.check(planned.sql)))

    assert [(column.name, column.unit, column.is_additive) for column in result.columns] == [
        ("country", None, None),
        ("return_rate", "%", False),
    ]
    assert ResultTable.from_json(result.as_json()) == result
    assert len(result.rows) == 5


async def test_a_metric_without_a_value_stays_a_number(shop):
    """SQLite does not say what a column without values holds; the metric does."""
    source, metrics = shop
    sql = "SELECT sum(amount_cents) AS revenue, max(country) AS country FROM sales WHERE 1 = 0"

    result = metrics.with_units(await source.fetch(sql))

    assert [column.kind for column in result.columns] == [ColumnKind.NUMBER, ColumnKind.TEXT]


async def test_a_value_of_the_source_is_a_filter(shop):
    """`in Spain` is understood because the shop has such a country, and `in Narnia` is not."""
    source, metrics = shop

    spain = await metrics.plan("revenue in Spain last month", source, ZONE, NOW)
    narnia = await metrics.plan("revenue in Narnia last month", source, ZONE, NOW)

    assert spain.plan.filters == (DimensionFilter("country", FilterOperator.EQUALS, ("Spain",)),)
    assert "`Narnia` names nothing that is known" in narnia.missing


async def test_a_day_begins_in_the_zone_of_the_report(shop):
    """`yesterday` is that of the report's zone, whatever the server's."""
    source, metrics = shop
    midnight = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)

    in_berlin = await metrics.plan("orders yesterday", source, ZONE, midnight)
    in_new_york = await metrics.plan("orders yesterday", source, "America/New_York", midnight)

    assert in_berlin.plan.period.start == date(2026, 11, 27)
    assert in_new_york.plan.period.start == date(2026, 11, 26)


async def test_a_question_that_cannot_be_planned_says_what_is_missing(shop):
    """What the schema cannot answer is refused with the word that is not known."""
    source, metrics = shop

    planned = await metrics.plan("revenue by weather last week", source, ZONE, NOW)

    assert planned.sql is None
    assert "`weather` names nothing that is known" in planned.missing


async def test_the_last_day_of_a_question_is_judged(shop):
    """Yesterday is compared with its weekdays; a day that is long past, and no day, are not."""
    source, metrics = shop

    judged = await metrics.completeness("revenue last 7 days", source, ZONE, NOW)
    assert judged.is_whole
    assert judged.words.startswith("2026-11-27 is ")
    assert "loaded at 09:00" in judged.words
    for question in ("revenue in March", "revenue by country", "SELECT 1"):
        assert await metrics.completeness(question, source, ZONE, NOW) is None


async def test_a_day_that_is_not_loaded_is_noticed(shop):
    """A day without its rows is not whole: here the one after the last."""
    source, metrics = shop
    tomorrow = NOW + timedelta(days=1)

    judged = await metrics.completeness("revenue yesterday", source, ZONE, tomorrow)

    assert not judged.is_whole
    assert judged.percent == 0
    assert OUTLIER_DAYS_AGO % 7  # Else it would stand in what is usual.


@pytest.mark.parametrize(
    ("sql", "day"),
    [
        ("SELECT sum(amount_cents) FROM sales", date(2026, 11, 27)),
        ("SELECT 1 FROM sales WHERE ordered_at >= '2026-11' AND quantity > 1", date(2026, 11, 27)),
        ("SELECT 1 FROM sales AS s WHERE date(s.ordered_at) <= '2026-11-25'", date(2026, 11, 25)),
        ("SELECT 1 FROM sales WHERE ordered_at > '2026-11-28' OR ordered_at < '2026-11-23'",
         date(2026, 11, 22)),
        ("WITH a AS (SELECT * FROM sales WHERE ordered_at < '2026-11-24') SELECT 1 FROM a",
         date(2026, 11, 23)),
        ("SELECT 1 FROM customers JOIN sales ON 1 WHERE ordered_at < '2026-11-25'",
         date(2026, 11, 24)),
        ("SELECT 1 FROM sales WHERE ordered_at >= (SELECT max(joined_on) FROM customers)",
         date(2026, 11, 27)),
        ("SELECT 1 FROM sales WHERE ordered_at < '2026-10-01'", None),
        ("SELECT count(*) FROM orders WHERE ordered_at < '2026-11-25'", None),
    ],
)  # fmt: skip
async def test_the_last_day_of_sql_is_that_which_its_conditions_let_in(shop, sql, day):
    """The database says which days of the metric's time a query asks about."""
    source, metrics = shop

    judged = await metrics.judged_day(sql, source, ZONE, NOW, sql=sql)

    assert (judged and judged.day) == day


async def test_sql_over_the_table_of_a_metric_is_judged(shop):
    """As a question is, also where a model wrote it for words that name no metric."""
    source, metrics = shop
    tomorrow, sql = NOW + timedelta(days=1), "SELECT sum(quantity) FROM sales"

    for asked in (sql, "how much did we move?"):
        judged = await metrics.completeness(asked, source, ZONE, tomorrow, sql=sql)
        assert judged.words.startswith("2026-11-28 is 0 % loaded at 09:00")


def test_the_bots_own_metrics_are_there_unless_their_names_are_taken():
    """`failures` is the bot's own, until somebody defines another one."""
    taken = MetricSettings(table="sales", sql="sum(failed)", source="shop")

    assert "failures" in Metrics({}, {}).of_source("opsbell")
    assert "failures" not in Metrics({"failures": taken}, {}).of_source("opsbell")
    assert not list(metric_problems(own_metrics(), {}))


def test_metrics_belong_to_their_source():
    """A metric without a source is of the only one there is."""
    url = SecretStr("sqlite:///shop.db")
    sources = {"shop": SourceSettings(url=url)}
    metrics = Metrics({"revenue": MetricSettings(table="sales", sql="sum(x)", unit="EUR")}, sources)

    assert list(metrics.of_source("shop")) == ["revenue"]
    assert "revenue" not in metrics.of_source("opsbell")
    assert metrics.described("shop") == {"revenue": "a metric in EUR: sum(x) from sales"}

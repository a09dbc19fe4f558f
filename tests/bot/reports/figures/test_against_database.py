"""What is computed of a result is what the database itself says, or it is not told."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cli.demo.shop import shop_configuration, write_shop
from bot.config_file import read_config_file
from bot.metrics.catalog import Metrics
from bot.metrics.period_points import begin_of, shift
from bot.metrics.plan import Grain, MetricPlan, Period
from bot.metrics.sql_rendering import render_plan
from bot.reports.figures.computation import compute_values
from bot.sources.result import ColumnKind, ResultColumn, ResultTable

TODAY = date(2026, 11, 28)
DIMENSIONS = ("country", "category", "product")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The demo's shop and its metrics."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder / "shop.db", TODAY)
    (folder / "opsbell.toml").write_text(shop_configuration(folder))
    config = read_config_file(folder / "opsbell.toml")
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        yield connection, config.metrics, Metrics(config.metrics, config.sources)


def result_of(plan, connection, metrics, catalog):
    """Return the result of a plan as a run gets it, with what adds up and what does not."""
    sql = render_plan(plan, metrics[plan.metric], dialect="sqlite")
    cursor = connection.execute(sql)
    keys = [one[0] for one in cursor.description][:-1]
    columns = [ResultColumn(name, ColumnKind.TEXT) for name in keys]
    columns.append(ResultColumn(plan.metric, ColumnKind.NUMBER))
    at = datetime(2026, 11, 28, tzinfo=UTC)
    return catalog.with_units(ResultTable(tuple(columns), tuple(cursor), sql, "shop", at))


def database_says(plan, connection, metrics):
    """Return the metric of a plan as one number of the database."""
    sql = render_plan(plan, metrics[plan.metric], dialect="sqlite")
    ((number,),) = connection.execute(sql)
    return number


def number_of(value):
    """Return the number of a value that has one."""
    return float(value.exact)


def random_asked(chance, metrics):
    """Return a plan by a dimension or by a grain, over whole periods."""
    grain = chance.choice((Grain.DAY, Grain.WEEK, Grain.MONTH))
    begin = begin_of(TODAY - timedelta(days=chance.randrange(60, 300)), grain)
    period = Period(begin, shift(begin, grain, chance.randint(2, 4)), "some periods")
    by_time = chance.random() < 0.6
    return MetricPlan(
        metric=chance.choice(sorted(metrics)),
        period=period,
        grain=grain if by_time else None,
        dimensions=() if by_time and chance.random() < 0.7 else (chance.choice(DIMENSIONS),),
    )


def test_totals_and_changes_are_the_databases_own(shop):
    """For 200 metrics by dimension and period each total and change is the database's, or none."""
    connection, metrics, catalog = shop
    chance = random.Random(10)
    totals = changes = untold = 0
    for _ in range(200):
        plan = random_asked(chance, metrics)
        table = result_of(plan, connection, metrics, catalog)
        values = compute_values(table, today=TODAY)
        if total := values.get(f"total_{plan.metric}"):
            whole = database_says(replace(plan, grain=None, dimensions=()), connection, metrics)
            assert number_of(total) == pytest.approx(whole), plan
            totals += 1
        else:
            untold += 1
        change = values.get(f"change_{plan.metric}")
        if plan.grain is None or change is None or change.exact is None:
            continue
        (last, before) = sorted({date.fromisoformat(row[0]) for row in table.rows})[:-3:-1]
        now, then = (
            database_says(
                replace(
                    plan,
                    period=Period(one, shift(one, plan.grain, 1), "one"),
                    grain=None,
                    dimensions=(),
                ),
                connection,
                metrics,
            )
            for one in (last, before)
        )
        assert number_of(change) == pytest.approx(now - then), plan
        changes += 1

    assert totals > 50
    assert changes > 50
    assert untold > 30

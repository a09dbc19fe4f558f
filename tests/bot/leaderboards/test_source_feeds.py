"""Boards that ask a source: a query of their own, or metrics."""

import sqlite3
from contextlib import closing

import pytest

from bot.config_file import ConfigFile, read_config_file
from bot.errors import ConfigError, UnavailableError
from bot.leaderboards.models import LeaderboardPost
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.leaderboards.room import START, HandClock, make_boards

WEEKLY = (
    "select country as dealer, sum(total) as score from orders"
    " where day >= :week_start and day < :week_end group by country"
)
NOW = "select name as dealer, rating as score from dealers"


@pytest.fixture
def shop(tmp_path):
    """Two weeks of orders, and dealers whose rating is known for the present alone."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table orders (country text, day text, total numeric)")
        connection.executemany(
            "insert into orders values (?, ?, ?)",
            [
                ("Austria", "2026-11-15", 1_000),  # the Sunday before
                ("Austria", "2026-11-16", 10),
                ("Austria", "2026-11-22", 20.5),
                ("Chile", "2026-11-18", 99),
                ("Chile", "2026-11-23", 5_000),  # the Monday after
                (None, "2026-11-18", 7),
            ],
        )
        connection.execute("create table dealers (name text, rating real)")
        connection.executemany("insert into dealers values (?, ?)", [("Ada", 4.5), ("Ben", None)])
    return path


def config_of(shop, **board):
    """Return settings with the shop, two metrics over it, and one board."""
    columns = {} if "metric" in board else {"columns": [{"name": "score"}]}
    usual = {"title": "Shops", "subject": "dealer", "timezone": "America/New_York", **columns}
    metric = {"source": "shop", "table": "orders", "time": "day", "dimensions": ["country"]}
    return ConfigFile.model_validate(
        {
            "sources": {"shop": {"url": f"sqlite:///{shop}"}},
            "metrics": {
                "revenue": {**metric, "sql": "sum(total)"},
                "orders": {**metric, "sql": "count(*)"},
            },
            "leaderboards": {"shops": usual | board},
        }
    )


@pytest.fixture
def clock():
    return HandClock()


def lines(ranking):
    """Return what a ranking shows: subjects with their values."""
    return [(row.subject, dict(row.values)) for row in ranking.rows]


@ONE_DATABASE
async def test_a_query_is_asked_for_the_week(database, clock, shop):
    """From Monday up to, but without, the next one; rows without a subject are nobody's."""
    boards = make_boards(database, clock, config_of(shop, query=WEEKLY))

    found = await boards.ranking("shops", "2026-W47")
    before = await boards.ranking("shops", "2026-W46")

    assert lines(found) == [("Chile", {"score": 99.0}), ("Austria", {"score": 30.5})]
    assert lines(before) == [("Austria", {"score": 1000.0})]
    assert [row.previous_rank for row in found.rows] == [None, 1]
    assert [row.trend for row in found.rows] == [None, None]
    clock.advance(days=3)  # The week is over: now it can be compared.
    whole = await boards.ranking("shops", "2026-W47")
    assert [row.trend and row.trend.value for row in whole.rows] == [None, -969.5]


@ONE_DATABASE
async def test_metrics_are_asked_by_subject(database, clock, shop):
    """Each column is a metric; the named one decides the ranks unless `rank_by` says otherwise."""
    alone = config_of(shop, subject="country", metric="revenue")
    both = config_of(
        shop,
        subject="country",
        metric="orders",
        columns=[{"name": "revenue"}, {"name": "orders"}],
    )

    first = await make_boards(database, clock, alone).ranking("shops", "2026-W47")
    clock.advance(minutes=1)
    second = await make_boards(database, clock, both).ranking("shops", "2026-W47")

    assert lines(first) == [("Chile", {"revenue": 99.0}), ("Austria", {"revenue": 30.5})]
    assert lines(second) == [
        ("Austria", {"revenue": 30.5, "orders": 2.0}),
        ("Chile", {"revenue": 99.0, "orders": 1.0}),
    ]


@ONE_DATABASE
async def test_what_only_the_present_knows_is_kept_as_it_was(database, clock, shop):
    """A query without the week is asked by itself, and never rewrites a week that is over."""
    boards = make_boards(database, clock, config_of(shop, query=NOW))
    await boards.tick()
    with closing(sqlite3.connect(shop)) as connection, connection:
        connection.execute("update dealers set rating = 9 where name = 'Ben'")
    clock.advance(days=7)

    now = await boards.ranking("shops")
    before = await boards.ranking("shops", "2026-W47")

    assert [row.subject for row in now.rows] == ["Ben", "Ada"]
    assert lines(before) == [("Ada", {"score": 4.5})]


@ONE_DATABASE
async def test_a_scheduled_post_waits_for_its_source(database, clock, shop):
    """While the source is away nothing is posted; once it answers the due week is, once."""
    config = config_of(shop, query=WEEKLY, schedule="mon 09:00")
    boards = make_boards(database, clock, config)
    await boards.tick()
    away = shop.rename(shop.with_suffix(".away"))
    clock.advance(days=3)  # Monday noon in New York
    await boards.tick()

    def posts(session):
        return session.get(LeaderboardPost, ("shops", "2026-W47", True))

    assert await database.read(posts) is None
    away.rename(shop)
    for _ in range(2):
        clock.advance(minutes=2)
        await boards.tick()

    assert (await database.read(posts)).message_id is not None


@ONE_DATABASE
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select name as dealer from dealers", "no column `score`"),
        ("select rating as score from dealers", "no column `dealer`"),
        ("select name as dealer, name as score from dealers", "is no number"),
        ("select 'Ada' as dealer, rating as score from dealers", "more than once"),
        ("delete from dealers", "`opsbell`|SELECT"),
        ("select name as dealer, grade as score from dealers", "grade"),
        ("select nothing from nowhere", "nowhere"),
    ],
)
async def test_an_answer_that_cannot_be_ranked_is_said(database, clock, shop, query, expected):
    """The error names the source and the fix, and nothing is stored."""
    boards = make_boards(database, clock, config_of(shop, query=query, source="shop"))
    with pytest.raises(UnavailableError, match=expected):
        await boards.ranking("shops")


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        ('query = "select 1"\nsource = "shp"', "did you mean `shop`"),
        ('metric = "revenu"', "did you mean `revenue`"),
        ('metric = "revenue"\nsource = "shop"', "a metric names its own source"),
        ('metric = "revenue"', "is no dimension"),
        ('metric = "stock"\nsubject = "country"', "needs `time`"),
        ('query = "select 1"\nsamples = true', "set one of"),
        (
            'metric = "revenue"\nsubject = "country"\ncolumns = [{name = "orders"}]',
            "name the metric",
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path, board, expected):
    """With the key and the nearest name."""
    columns = "" if "columns" in board or "metric" in board else 'columns = [{name = "score"}]'
    metric = 'source = "shop"\ntable = "orders"\nsql = "count(*)"\ndimensions = ["country"]\n'
    path = tmp_path / "opsbell.toml"
    path.write_text(
        f'[sources.shop]\nurl = "sqlite:///shop.db"\n'
        f'[metrics.revenue]\n{metric}time = "day"\n[metrics.orders]\n{metric}time = "day"\n'
        f"[metrics.stock]\n{metric}"
        f'[leaderboards.shops]\ntitle = "Shops"\n{columns}\n{board}\n'
    )
    with pytest.raises(ConfigError, match=expected):
        read_config_file(path)


def test_the_clock_stands_in_the_week_that_is_asked_for():
    """Or the weeks above would be others."""
    assert START.isocalendar()[:2] == (2026, 47)

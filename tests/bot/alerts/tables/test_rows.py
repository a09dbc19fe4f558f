"""Tasks in tables of other systems: how rows are read, and what becomes of them in checks."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.alerts.check_run import CheckOptions
from bot.alerts.external_alerts import ExternalReport
from bot.alerts.tables.reader import TableReader
from bot.alerts.tables.rows import read_table
from bot.clock import Clock
from bot.config_file import TaskTable, read_config_file
from bot.config_sections.reports import SourceSettings
from bot.errors import ConfigError, InvalidError
from bot.sources.registry import Sources
from bot.sources.result import ColumnKind, ResultColumn, ResultTable
from tests.bot.alerts.room import TENANT
from tests.bot.alerts.tables.failing_shop import FailingShop
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.tasks.room import ADA, HandClock

JOBS = TaskTable(source="shop", query="select …", statuses={"kaputt": "failed"})
COLUMNS = ("id", "task", "subject", "status", "updated_at", "created_at", "error", "log_url")


def result(clock: Clock, *rows, columns=COLUMNS) -> ResultTable:
    """Return what a query returned."""
    named = tuple(ResultColumn(name, ColumnKind.TEXT) for name in columns)
    return ResultTable(named, tuple(rows), "select …", "shop", clock.now())


def table(clock: Clock, *rows):
    """Return rows of id, status, minutes since then and error; all are imports of one dealer."""
    return read_table(
        "jobs",
        JOBS,
        result(
            clock,
            *(
                (one, "import", "dealer 7", status, at, at, error, "https://logs.example/1")
                for one, status, minutes, error in rows
                for at in [clock.now() - timedelta(minutes=minutes)]
            ),
        ),
    )


async def told(room, *rows, **options):
    """Check what the table holds now and return what people were told."""
    asked = CheckOptions(tables=[table(room.clock, *rows)], **options)
    return [str(tell) for _, tell in (await room.check(asked)).told]


async def test_a_failed_row_is_an_alert_until_the_table_says_otherwise(room):
    """One message with what the row says; an edit as it grows; a recovery when both have run."""
    assert await told(room, (1, "FAILED", 1, "disk full"), (2, "success", 1, None)) == ["post"]
    (message,) = await room.messages()
    (shown,) = message.context["tasks"]
    assert (shown["task_id"], shown["status"], shown["error"]) == ("1", "FAILED", "disk full")
    assert shown["log_url"] == "https://logs.example/1"
    await room.deliver()

    rows = [(1, "FAILED", 1, "disk full"), (3, "kaputt", 1, "disk full")]
    assert await told(room, *rows) == ["edit"]
    assert await told(room, (1, "running", 0, None), (3, "success", 0, None)) == ["recover"]


async def test_a_table_that_was_not_read_changes_nothing(room):
    """Its alerts stay as they are: nobody knows."""
    await told(room, (1, "failed", 1, "disk full"))
    assert await room.told(minutes=1) == []
    assert (await room.alert()).state == "open"


async def test_what_is_resolved_by_hand_stays_closed(room):
    """Although the row is still there in every check."""
    await told(room, (1, "failed", 1, "disk full"))
    await room.alerts.resolve(TENANT, (await room.alert()).id, by=ADA)
    assert await told(room, (1, "failed", 1, "disk full")) == []


async def test_rows_that_fell_silent_are_stuck(room):
    """By the timeout of their kind, or that of an explicit check, whose finds stay."""
    assert await told(room, (1, "queued", 29, None), (2, "in_progress", 10, None)) == []
    five = {"timeout": timedelta(minutes=5), "is_asked": True}
    assert await told(room, (2, "in_progress", 10, None), **five) == ["post"]
    alert = await room.alert()
    assert (alert.type, alert.label) == ("stuck", "silent while running")
    assert await told(room, (2, "in_progress", 10, None)) == []


async def test_a_later_run_for_the_same_subject_ends_it(room):
    """Where each run is a row of its own."""
    assert await told(room, (1, "failed", 5, "disk full")) == ["post"]
    await room.deliver()
    rows = [(1, "failed", 5, "disk full"), (2, "success", 2, None)]
    assert await told(room, *rows) == ["recover"]


async def test_history_in_a_table_is_no_news(room):
    """A row that failed an hour ago, on the first check."""
    assert await told(room, (1, "failed", 60, "disk full")) == []


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00+00:00"),
        (datetime(2026, 3, 1, 12), "2026-03-01T12:00:00+00:00"),  # noqa: DTZ001 - as databases say
        ("2026-03-01 12:00:00", "2026-03-01T12:00:00+00:00"),
        ("2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00+00:00"),
        (1772366400, "2026-03-01T12:00:00+00:00"),
        (1772366400000, "2026-03-01T12:00:00+00:00"),
        (date(2026, 3, 1), "2026-03-01T00:00:00+00:00"),
    ],
)
def test_times_are_read_as_databases_write_them(cell, expected):
    """Without a zone they are UTC."""
    row = (1, "failed", cell)
    read = read_table(
        "jobs", JOBS, result(HandClock(), row, columns=("ID", "Status", "created_at"))
    )
    (task,) = read.tasks
    assert (task.task, task.updated_at.isoformat()) == ("jobs", expected)


@pytest.mark.parametrize(
    ("columns", "row", "said"),
    [
        (("status", "updated_at"), ("failed", 1), "no column `id`"),
        (("id", "updated_at"), (1, 1), "no column `status`"),
        (("id", "status"), (1, "failed"), "no column `updated_at` or `created_at`"),
        (("id", "status", "updated_at"), (1, "failed", "soon"), "`updated_at` holds 'soon'"),
    ],
)
def test_a_query_that_does_not_fit_is_refused(columns, row, said):
    """With the column's name."""
    with pytest.raises(InvalidError, match=said):
        read_table("jobs", JOBS, result(HandClock(), row, columns=columns))


async def test_what_was_read_is_taken_in_once():
    """A table that cannot be read is taken in as if it were not there."""
    shop = FailingShop()
    reader = TableReader({"jobs": JOBS}, lambda _name, _tenant: shop)
    await reader.refresh()
    assert [one.name for one in reader.take("default")] == ["jobs"]
    assert reader.take("default") == []

    shop.is_away = True
    await reader.refresh()
    assert reader.take("default") == []


def test_a_table_of_a_source_that_is_none_stops_the_start(tmp_path):
    """With the key and the nearest name."""
    path = tmp_path / "opsbell.toml"
    path.write_text(
        '[sources.shop]\nurl = "sqlite:///shop.db"\n'
        '[alerts.tables.jobs]\nsource = "shap"\nquery = "select 1"\n'
    )
    with pytest.raises(ConfigError, match=r"alerts\.tables\.jobs\.source: .*shop"):
        read_config_file(path)


async def test_a_real_database_feeds_the_checks(room, tmp_path):
    """A file of SQLite, read by the query of the settings."""
    shop = tmp_path / "shop.db"
    with closing(sqlite3.connect(shop)) as connection:
        connection.execute("create table jobs (id, state, changed_at, last_error)")
        at = room.clock.now().replace(tzinfo=None).isoformat(" ")
        connection.execute("insert into jobs values (7, 'dead', ?, 'disk full')", (at,))
        connection.commit()
    sources = Sources(
        {"shop": SourceSettings.model_validate({"url": f"sqlite:///{shop}"})},
        database_url="sqlite://",
        clock=room.clock,
    )
    query = "select id, state as status, changed_at as updated_at, last_error as error from jobs"
    settings = TaskTable(source="shop", query=query, statuses={"dead": "failed"})
    reader = TableReader({"jobs": settings}, sources.get)
    try:
        await reader.refresh()
    finally:
        sources.close()
    checked = await room.check(CheckOptions(tables=reader.take("default")))
    assert [str(tell) for _, tell in checked.told] == ["post"]
    alert = await room.alert()
    assert (alert.task, alert.label) == ("jobs", "disk full")


@ONE_DATABASE
async def test_failed_rows_in_a_row_open_an_alert(room_with):
    """As `alert_after_failures` says; another system's alert is no single failure."""
    room = room_with({"tasks": {"*": {"alert_after_failures": 2}}})
    assert await told(room, (1, "failed", 2, "disk full"), (2, "success", 3, None)) == []
    assert await told(room, (1, "failed", 2, "disk full"), (3, "failed", 1, "disk full")) == [
        "post"
    ]
    report = ExternalReport("DiskFull", "db-1", "db-1", "The disk is full", is_over=False)
    checked = await room.check(CheckOptions(external=[report]))
    assert [str(tell) for _, tell in checked.told] == ["post"]

"""The built-in source: the bot's own tables, limited to one tenant, on both databases."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.clock import SystemClock
from bot.db import Database
from bot.errors import InvalidError
from bot.messages.models import Message
from bot.metrics.catalog import Metrics
from bot.reports.models import ReportRun, Trigger
from bot.sources.opsbell_tables import own_tables
from bot.sources.registry import Sources
from bot.tasks.models import Task, TaskStatus

NOW = SystemClock().now().replace(microsecond=250_000)


def task(tenant, number, **values):
    """Return a task that failed after 90 seconds."""
    return Task(
        id=f"t{number}",
        tenant=tenant,
        workspace_id="T0HOME",
        channel="C0OPS",
        task="import",
        status=TaskStatus.FAILED,
        payload={"token": "secret"},
        created_at=NOW,
        updated_at=NOW,
        started_at=NOW,
        ended_at=NOW + timedelta(seconds=90),
        **values,
    )


@pytest.fixture
def own(database: Database, workers):
    """A function that returns the source of a tenant; each tenant has tasks."""

    def store(session):
        for tenant, count in (("default", 2), ("it's", 1)):
            for number in range(count):
                session.add(task(tenant, number, error="no price"))
        run: dict[str, Any] = {
            "tenant": "default",
            "due_at": NOW,
            "created_at": NOW,
            "trigger": Trigger.MANUAL,
        }
        session.add(ReportRun(report_id="r1", **run))
        message: dict[str, Any] = {
            "workspace_id": "T0HOME",
            "channel": "C0OPS",
            "template": "text",
            "context": {},
        }
        times: dict[str, Any] = {"waiting_since": NOW, "due_at": NOW, "created_at": NOW}
        session.add(Message(tenant="default", **message, **times))

    database.transact(store)
    url = database.url.set(drivername=database.url.get_backend_name())
    address = url.render_as_string(hide_password=False)
    sources = Sources({}, database_url=address, clock=SystemClock(), workers=workers)
    return lambda tenant: sources.get(None, tenant)


async def fetched(source, sql):
    """Check a query and return its rows."""
    return (await source.fetch(await source.check(sql))).rows


async def test_a_tenant_sees_its_own_rows_alone(own):
    """However a query names a table, the rows are the tenant's, whose name may hold a quote."""
    for tenant, count in (("default", 2), ("it's", 1), ("nobody", 0)):
        for sql in (
            "SELECT count(*) FROM tasks",
            "SELECT count(*) FROM tasks AS x WHERE x.id IN (SELECT id FROM tasks)",
            "WITH mine AS (SELECT * FROM tasks) SELECT count(*) FROM mine",
            "WITH tasks AS (SELECT * FROM tasks) SELECT count(*) FROM tasks",
            "SELECT (SELECT count(*) FROM tasks) FROM (SELECT 1) AS one",
        ):
            assert await fetched(own(tenant), sql) == ((count,),)


async def test_questions_are_answered_without_any_settings(own):
    """The bot's own metrics are asked in words, with the days of the report's zone."""
    source, metrics = own("default"), Metrics({}, {})
    for question, rows in (
        ("failures by task today", (("import", 2),)),
        ("failure rate today", ((100,),)),
        ("average task duration this week", ((90,),)),
        ("deliveries today where channel is c0ops", ((1,),)),
        ("tasks by task yesterday", ()),
        ("alerts this year", ((0,),)),
    ):
        planned = await metrics.plan(question, source, "Asia/Kolkata", NOW)
        assert await fetched(source, planned.sql) == rows
    daily = await metrics.plan("tasks per day this month", source, "Asia/Kolkata", NOW)
    assert await fetched(source, daily.sql) == (
        (NOW.astimezone(ZoneInfo("Asia/Kolkata")).date(), 2),
    )


async def test_every_column_can_be_read(own):
    """The documented columns are those that there are, on both databases, and of the kinds said."""
    source = own("default")
    for table in own_tables():
        result = await source.fetch(await source.check(f"SELECT * FROM {table.name}"))

        assert [one.name for one in result.columns] == [one.name for one in table.columns]


async def test_times_are_utc_and_durations_seconds(own):
    """A time is the same on both databases: UTC without a zone; a duration is a number."""
    sql = "SELECT created_at, duration_seconds, status FROM tasks WHERE id = 't0'"

    ((created_at, seconds, status),) = await fetched(own("default"), sql)

    assert created_at == NOW.replace(tzinfo=None)
    assert float(seconds) == 90
    assert status == "failed"


FORBIDDEN = [
    "SELECT payload FROM tasks",
    "SELECT tenant FROM tasks",
    "SELECT context FROM deliveries",
    "SELECT error_message FROM report_runs",
    "SELECT * FROM task",
    "SELECT * FROM message",
    "SELECT * FROM workspace",
    "SELECT * FROM main.task",
    "SELECT * FROM public.task",
]


async def test_nothing_else_of_the_bot_can_be_read(own):
    """Payloads, contexts, tokens and other tenants' rows are in no table of this source."""
    for sql in FORBIDDEN:
        with pytest.raises(InvalidError, match="there is no"):
            await own("default").check(sql)

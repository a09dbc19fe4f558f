"""A report's whole way: created over HTTP, run by a real bot, read in Slack."""

import asyncio
import os
import sqlite3
import sys

import pytest
from sqlmodel import select

from bot.db import Database
from bot.messages.models import Message
from tests.patience import PATIENCE_SECONDS, until
from tests.scenarios.conftest import ROOT

REPORT = {
    "name": "Sales",
    "query": "select country, sum(amount) as revenue from orders group by country order by 2 desc",
    "schedule": {"frequency": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
    "slack_config": {"notification_type": "channel", "slack_channel": "#ops"},
}
BASE = "/api/scheduling/reports"


@pytest.fixture
def shop(bot, tmp_path):
    """A source with three orders."""
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table orders (country text, amount numeric)")
        rows = [("Germany", 120), ("France", 80.5), ("Germany", 30)]
        connection.executemany("insert into orders values (?, ?)", rows)
    connection.close()
    bot.config += f"""
[sources.shop]
url = "sqlite:///{tmp_path}/shop.db"

[metrics.revenue]
table = "orders"
sql = "sum(amount)"
dimensions = ["country"]
unit = "EUR"
"""
    return tmp_path / "shop.db"


async def report_command(bot, *words):
    """Run `python -m bot report …` and return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "report", *words),
        cwd=ROOT,
        env={
            **bot._environment(),
            "OPSBELL_CONFIG": str(bot.folder / "opsbell.toml"),
            "HOME": os.environ.get("HOME", "/"),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    return process.returncode, out.decode(), err.decode()


def told(playground):
    """Return the reports that stand in #ops."""
    return [one for one in playground.messages("ops") if "Sales" in one["text"]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_report_is_created_run_recomputed_and_killed(bot, shop, playground):
    """Its rows are the shop's; a killed bot ends what it began, with one message for each run."""
    await bot.start()
    preview = await bot.post(f"{BASE}/preview", REPORT)
    assert preview["problems"] == []
    assert "Germany" in preview["message"]["text"]
    report = await bot.post(BASE, REPORT)
    run = await bot.post(f"{BASE}/{report['id']}/run", {})

    async def execution(run_id=run["execution_id"]):
        found = await bot.read(f"/api/scheduling/executions/{run_id}")
        return found if found["slack_message_ts"] else None

    shown = await until(execution)
    assert (shown["status"], shown["figures"]["traced"]) == ("completed", shown["figures"]["total"])
    assert shown["result_data"]["rows"] == [["Germany", 150], ["France", 80.5]]
    assert "Germany" in told(playground)[0]["text"]
    assert told(playground)[0]["ts"] == shown["slack_message_ts"]

    again = await bot.post(f"{BASE}/{report['id']}/run", {})
    await bot.kill()
    bot.let_the_lease_end()
    code, out, err = await report_command(bot, "run", "Sales", "--dry-run")
    assert (code, "Germany" in out) == (0, True), err
    code, out, err = await report_command(bot, "list")
    assert (code, out.split()[-1]) == (0, "Sales"), err
    await bot.start()
    await until(lambda: execution(again["execution_id"]))
    assert len(told(playground)) == 2
    code, out, err = await report_command(bot, "run", "Sales")
    assert (code, "completed" in out, len(told(playground))) == (0, True, 3), err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_question_reaches_a_person(bot, shop, playground):
    """Planned over the metric, sent to Ada, with its rows as files in the thread."""
    ada = playground.user("ada").id
    await bot.start()
    report = await bot.post(
        BASE,
        {
            **REPORT,
            "name": "Sales by country",
            "query": "revenue by country",
            "slack_config": {"notification_type": "dm", "slack_user_id": ada},
        },
    )
    assert "sum" in report["sql"].lower()
    run = await bot.post(f"{BASE}/{report['id']}/run", {})

    async def is_posted():
        found = await bot.read(f"/api/scheduling/executions/{run['execution_id']}")
        return found["slack_message_ts"]

    await until(is_posted)
    await bot.stop()
    database = Database(bot.database_url)
    sent = database.snapshot(lambda session: session.exec(select(Message)).all())
    database.close()
    assert [one.error for one in sent] == [None] * len(sent)
    assert sum(one.parent_id is not None for one in sent) == 2

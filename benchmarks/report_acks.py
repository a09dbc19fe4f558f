"""
How quickly clicks are answered while 50 reports run: `python -m benchmarks.report_acks`.

A real bot on a playground runs 50 reports over a year of sales at once, and *Retry* is pressed on
a task until they have all ended. Prints JSON: the milliseconds from a click to its ack, and how
long the reports took.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from slack_playground import Playground

from benchmarks.responsiveness import RUNNER, click
from tests.patience import until
from tests.scenarios.conftest import ROOT, Bot

REPORTS = 50
_COUNTRIES = ("Germany", "France", "Spain")
_DAYS = 365
_BASE = "/api/scheduling/reports"
_QUERY = "select day, sum(amount) as revenue, count(*) as orders from sales group by day order by 1"


def write_sales(path: Path) -> None:
    """Write a year of sales."""
    connection = sqlite3.connect(path)
    connection.execute("create table sales (day text, country text, amount numeric)")
    rows = [
        (f"2026-{1 + day // 31:02}-{1 + day % 31:02}", country, (day * 37) % 101)
        for day in range(_DAYS)
        for country in _COUNTRIES
    ]
    connection.executemany("insert into sales values (?, ?, ?)", rows)
    connection.commit()
    connection.close()


async def measure(reports: int) -> dict[str, Any]:
    """Run the reports, click until they have ended, and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop.db"
        write_sales(shop)
        config = f'{RUNNER}[sources.shop]\nurl = "sqlite:///{shop}"\n'
        async with Playground(limits="off", manifest=ROOT / "manifest.json") as playground:
            bot = Bot(playground, Path(folder), f"sqlite:///{folder}/opsbell.db", config)
            await bot.start()
            ts = await _failed_task(bot, playground)
            ids = [(await bot.post(_BASE, _report(number)))["id"] for number in range(reports)]
            idle = [await click(playground, ts) for _ in range(20)]
            began = time.perf_counter()
            bulk = await bot.post(f"{_BASE}/bulk", {"report_ids": ids})
            last = asyncio.create_task(_all_ended(bot, bulk["execution_ids"]))
            busy = []
            while not last.done():
                busy.append(await click(playground, ts))
            seconds = time.perf_counter() - began
            await last
            await bot.stop()
            return {
                "reports": reports,
                "seconds": round(seconds, 1),
                "clicks": len(busy),
                "idle_ack_ms_p50": round(statistics.median(idle), 1),
                "ack_ms_p50": round(statistics.median(busy), 1),
                "ack_ms_p99": round(sorted(busy)[int(len(busy) * 0.99)], 1),
                "ack_ms_longest": round(max(busy), 1),
                "cores": os.cpu_count(),
            }


async def _failed_task(bot: Bot, playground: Playground) -> str:
    body = {"task": "click", "taskId": "t_click", "status": "running"}
    await bot.post("/api/tasks", body)
    await bot.post("/api/slack/update", {"taskId": "t_click", "status": "failed"})
    await playground.wait_for(lambda: "Failed" in json.dumps(playground.messages("ops")))
    return str(playground.messages("ops")[0]["ts"])


def _report(number: int) -> dict[str, Any]:
    return {
        "name": f"Sales {number}",
        "query": _QUERY,
        "schedule": {"frequency": "daily", "time": "09:00", "timezone": "UTC"},
        "slack_config": {"notification_type": "channel", "slack_channel": "#ai-ops"},
    }


async def _all_ended(bot: Bot, execution_ids: list[str]) -> None:
    for one in execution_ids:

        async def has_ended(one: str = one) -> bool:
            run = await bot.read(f"/api/scheduling/executions/{one}")
            return run["completed_at"] is not None

        await until(has_ended)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=REPORTS)
    result = asyncio.run(measure(parser.parse_args().reports))
    sys.stdout.write(f"{json.dumps(result, indent=1)}\n")


if __name__ == "__main__":
    main()

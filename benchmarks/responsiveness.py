"""
How quickly the bot starts and answers clicks, and what it weighs.

`python -m benchmarks.responsiveness [--clicks 200]` starts the real bot as a process on a
playground in this one, twice: on a new database and on the one it has then. It lets it idle,
presses *Retry* that many times and prints JSON: seconds from the start of the process to ready,
resident memory, the share of a core while idle, and the milliseconds from a click to its ack.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from slack_playground import Playground

from tests.scenarios.conftest import ROOT, Bot

#: After its start the bot looks around once; then it idles.
SETTLING_SECONDS = 5.0
IDLE_SECONDS = 20.0
RUNNER = '[runners.true]\ntype = "command"\nargv = ["true"]\n[tasks.click]\nrunner = "true"\n'


async def measure(
    clicks: int, settling_seconds: float = SETTLING_SECONDS, idle_seconds: float = IDLE_SECONDS
) -> dict[str, Any]:
    """Start the bot, let it idle, click, and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with Playground(limits="off", manifest=ROOT / "manifest.json") as playground:
            bot = Bot(playground, Path(folder), f"sqlite:///{folder}/opsbell.db", RUNNER)
            first = await start(bot)
            await bot.stop()
            again = await start(bot)
            await asyncio.sleep(settling_seconds)
            idle_share = await share_of_a_core(bot, idle_seconds)
            idle = resident_mb(bot)
            body = {"task": "click", "taskId": "t_click", "status": "running"}
            await bot.post("/api/tasks", body)
            await bot.post("/api/slack/update", {"taskId": "t_click", "status": "failed"})
            await playground.wait_for(lambda: "Failed" in json.dumps(playground.messages("ops")))
            ts = playground.messages("ops")[0]["ts"]
            times = [await click(playground, ts) for _ in range(clicks)]
            result: dict[str, Any] = {
                "first_start_seconds": first,
                "start_seconds": again,
                "idle_share_of_a_core": idle_share,
                "idle_rss_mb": idle,
                "rss_mb_after_clicks": resident_mb(bot),
                "clicks": clicks,
                "ack_ms_p50": round(statistics.median(times), 1),
                "ack_ms_p99": round(statistics.quantiles(times, n=100)[98], 1),
                "cores": os.cpu_count(),
                "python": sys.version.split()[0],
            }
            await bot.stop()
            return result


async def start(bot: Bot) -> float:
    """Start the bot and return the seconds until it is ready."""
    began = time.perf_counter()
    await bot.start()
    return round(time.perf_counter() - began, 2)


async def share_of_a_core(bot: Bot, seconds: float) -> float:
    """Return the processor time that a bot takes which has nothing to do, per second."""
    before = cpu_seconds(bot)
    await asyncio.sleep(seconds)
    return round((cpu_seconds(bot) - before) / seconds, 4)


def cpu_seconds(bot: Bot) -> float:
    """Return the processor time that the process has used, from /proc."""
    fields = Path(f"/proc/{pid_of(bot)}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def click(playground: Playground, ts: str) -> float:
    """Press Retry once, close the modal it opens, and return the milliseconds to the ack."""
    began = time.perf_counter()
    outcome = await playground.click("ada", "ops", ts, "Retry")
    took = (time.perf_counter() - began) * 1000
    if not outcome.ok:
        raise RuntimeError(f"A click was not acknowledged: {outcome.error}")
    await playground.wait_for(lambda: playground.views("ada"))
    await playground.close_view("ada", all=True)
    return took


def resident_mb(bot: Bot) -> float:
    """Return the process's resident memory, from /proc."""
    status = Path(f"/proc/{pid_of(bot)}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def pid_of(bot: Bot) -> int:
    if bot.process is None:
        raise RuntimeError("The bot is not running.")
    return bot.process.pid


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=200)
    found = asyncio.run(measure(parser.parse_args().clicks))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")

"""
How quickly the bot starts and answers clicks, and what it weighs.

`python -m benchmarks.responsiveness [--clicks 200]` starts the real bot as a process on a
playground in this one, presses *Retry* that many times and prints JSON: seconds from the start of
the process to ready, resident memory, and the milliseconds from a click to its acknowledgement.
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

from playground import Playground
from tests.scenarios.conftest import ROOT, Bot

RUNNER = '[runners.true]\ntype = "command"\nargv = ["true"]\n[tasks.click]\nrunner = "true"\n'


async def measure(clicks: int) -> dict[str, object]:
    """Start the bot, click, and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with Playground(limits="off", manifest=ROOT / "manifest.json") as playground:
            bot = Bot(playground, Path(folder), f"sqlite:///{folder}/opsbell.db", RUNNER)
            began = time.perf_counter()
            await bot.start()
            started = time.perf_counter() - began
            idle = resident_mb(bot)
            body = {"task": "click", "taskId": "t_click", "status": "running"}
            await bot.post("/api/tasks", body)
            await bot.post("/api/slack/update", {"taskId": "t_click", "status": "failed"})
            await playground.wait_for(lambda: "Failed" in json.dumps(playground.messages("ops")))
            ts = playground.messages("ops")[0]["ts"]
            times = [await click(playground, ts) for _ in range(clicks)]
            result: dict[str, object] = {
                "start_seconds": round(started, 2),
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
    if bot.process is None:
        raise RuntimeError("The bot is not running.")
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=200)
    found = asyncio.run(measure(parser.parse_args().clicks))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")

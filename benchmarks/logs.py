"""
What a flood of log lines from one task costs Slack.

`python -m benchmarks.logs [--seconds 20] [--rate 10000]` starts the real bot as a process on a
playground with Slack's limits, sends so many lines a second through the API, ends the task and
prints JSON: the lines that were accepted, the milliseconds that a thousand of them took, Slack's
calls while they came, how many of them Slack limited, and whether the file at the end has the last
line. Beside the flood a second task ends: *end_seconds* is how long until Slack shows that.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from slack_playground import Playground

from tests.scenarios.conftest import ROOT, Bot

_LINES_AT_ONCE = 1_000
_FILE_SECONDS = 60.0
_LIMITED = 429


async def measure(seconds: float, rate: int) -> dict[str, Any]:
    """Send the lines and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with Playground(limits="slack", manifest=ROOT / "manifest.json") as playground:
            bot = Bot(playground, Path(folder), f"sqlite:///{folder}/opsbell.db", "")
            await bot.start()
            for task_id in ("t_flood", "t_other"):
                body = {"task": task_id, "taskId": task_id, "status": "running"}
                await bot.post("/api/tasks", body)
            await playground.wait_for(lambda: len(playground.messages("ops")) == 2)
            before = len(playground.calls())
            began = time.perf_counter()
            times, end_seconds = await asyncio.gather(
                flood(bot, seconds, rate), end_beside(bot, playground, seconds / 2)
            )
            took = time.perf_counter() - began
            calls = playground.calls()[before:]
            await bot.post("/api/slack/update", {"taskId": "t_flood", "status": "completed"})
            content = await attached_file(playground)
            await bot.stop()
            lines = len(times) * _LINES_AT_ONCE
            return {
                "lines": lines,
                "lines_a_second": round(lines / took),
                "request_ms_p50": round(statistics.median(times), 1),
                "request_ms_max": round(max(times), 1),
                "slack_calls_a_minute": round(len(calls) * 60 / took, 1),
                "limited_calls": sum(call.status == _LIMITED for call in playground.calls()),
                "end_seconds": round(end_seconds, 2),
                "file_has_last_line": f"line {lines - 1}\n" in content,
                "file_characters": len(content),
            }


async def flood(bot: Bot, seconds: float, rate: int) -> list[float]:
    """Send a thousand lines at a time; return the milliseconds that each request took."""
    times: list[float] = []
    began = time.perf_counter()
    for number in range(round(seconds * rate / _LINES_AT_ONCE)):
        wait = began + number * _LINES_AT_ONCE / rate - time.perf_counter()
        await asyncio.sleep(max(0.0, wait))
        first = number * _LINES_AT_ONCE
        lines = [
            {"level": "info", "text": f"line {one}"} for one in range(first, first + _LINES_AT_ONCE)
        ]
        sent = time.perf_counter()
        await bot.post("/api/tasks/t_flood/logs", {"lines": lines})
        times.append((time.perf_counter() - sent) * 1000)
    return times


async def end_beside(bot: Bot, playground: Playground, after: float) -> float:
    """End the other task in the middle of the flood; return the seconds until Slack shows it."""
    await asyncio.sleep(after)
    began = time.perf_counter()
    await bot.post("/api/slack/update", {"taskId": "t_other", "status": "completed"})
    await playground.wait_for(
        lambda: any("Completed: t_other" in one["text"] for one in playground.messages("ops"))
    )
    return time.perf_counter() - began


async def attached_file(playground: Playground) -> str:
    """Wait until the thread has its file, and return what is in it."""
    files = await playground.wait_for(
        lambda: [one for one in playground.state.files.values() if one.content], _FILE_SECONDS
    )
    return "".join((one.content or b"").decode() for one in files)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=int, default=10_000)
    asked = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(asked.seconds, asked.rate)), indent=1) + "\n")

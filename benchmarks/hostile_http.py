"""
How soon the bot answers everybody else while hostile callers do what they can over HTTP.

`python -m benchmarks.hostile_http [--seconds 8] [--only NAME …]` starts the real bot as a process
on a playground in this one, and each attack as another. It presses *Retry*, asks for `/healthz` and
reports on a task with a token meanwhile, and prints a table and JSON: the 99th percentile of each
in milliseconds, and the bot's resident memory. Asserts nothing.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from slack_playground import Playground

from benchmarks import table
from benchmarks.http_attacks import ATTACKS, BOTH, WITH_TOKEN
from benchmarks.responsiveness import RUNNER, click, resident_mb
from benchmarks.sightings import at_share
from tests.scenarios.conftest import ROOT, Bot

#: Between two requests of a well-behaved caller.
PAUSE_SECONDS = 0.02
#: How long a well-behaved caller waits at most; more is counted as this.
PATIENCE_SECONDS = 30.0
Figures = dict[str, Any]


class Neighbour:
    """Somebody who only wants to work, while others attack."""

    def __init__(self, bot: Bot, playground: Playground) -> None:
        self._bot = bot
        self._playground = playground

    async def prepare(self) -> None:
        """Make a task that failed, which can be retried, and one that runs."""
        for task_id in ("t_click", "t_run"):
            await self._bot.post(
                "/api/tasks", {"task": "click", "taskId": task_id, "status": "running"}
            )
        await self._bot.post("/api/slack/update", {"taskId": "t_click", "status": "failed"})
        await self._playground.wait_for(
            lambda: "Failed" in json.dumps(self._playground.messages("ops"))
        )
        self._ts = next(
            message["ts"]
            for message in self._playground.messages("ops")
            if "Failed" in json.dumps(message)
        )

    async def watch(self, seconds: float) -> Figures:
        """Work for so long and return how long each thing took."""
        headers = {"Authorization": f"Bearer {self._bot.token}"}
        async with aiohttp.ClientSession(self._bot.url, headers=headers) as session:

            async def ask() -> None:
                async with session.get("/healthz") as response:
                    response.raise_for_status()

            async def report() -> None:
                told = {"taskId": "t_run", "status": "running"}
                async with session.post("/api/slack/update", json=told) as response:
                    response.raise_for_status()

            async def press() -> None:
                await click(self._playground, self._ts)

            names = ("click", "healthz", "report")
            found = await asyncio.gather(*(_times(do, seconds) for do in (press, ask, report)))
        return {
            f"{name}_p99_ms": at_share([one * 1_000 for one in times], 0.99)
            for name, times in zip(names, found, strict=True)
        }


async def _times(do: Callable[[], Awaitable[None]], seconds: float) -> list[float]:
    """Do it over and over for so long; return the seconds that each took."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        try:
            await asyncio.wait_for(do(), PATIENCE_SECONDS)
        except (TimeoutError, RuntimeError, aiohttp.ClientError):
            times.append(PATIENCE_SECONDS)
        else:
            times.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE_SECONDS)
    return times


async def attacked(
    name: str, token: str, bot: Bot, neighbour: Neighbour, seconds: float
) -> Figures:
    """Run one attack in a process of its own and watch meanwhile."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.http_attacks", name, "127.0.0.1", str(bot.port)),
        *(str(seconds + 1), *([token] if token else [])),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is not None:
        await process.stdout.readline()  # It has begun.
    figures = await neighbour.watch(seconds)
    await process.wait()
    return figures | {"rss_mb": resident_mb(bot)}


def cases(only: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield which attacks are tried, and whether with a token."""
    for name in ATTACKS:
        if only and name not in only:
            continue
        if name not in WITH_TOKEN:
            yield name, False
        if name in WITH_TOKEN or name in BOTH:
            yield name, True


async def measure(seconds: float, only: Sequence[str] = ()) -> dict[str, Figures]:
    """Return the figures of a quiet time and of each attack."""
    results: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with Playground(limits="off", manifest=ROOT / "manifest.json") as playground:
            bot = Bot(playground, Path(folder), f"sqlite:///{folder}/opsbell.db", RUNNER)
            await bot.start()
            neighbour = Neighbour(bot, playground)
            await neighbour.prepare()
            results["quiet"] = await neighbour.watch(seconds) | {"rss_mb": resident_mb(bot)}
            for name, with_token in cases(only):
                token = bot.token if with_token else ""
                shown = f"{name}, with a token" if with_token else name
                results[shown] = await attacked(name, token, bot, neighbour, seconds)
            await bot.stop()
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each attack")
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=[])
    arguments = parser.parse_args()
    found = asyncio.run(measure(arguments.seconds, arguments.only))
    sys.stdout.write(table.of(found) + json.dumps(found, indent=2) + "\n")

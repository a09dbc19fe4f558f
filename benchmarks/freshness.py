"""
How soon Slack shows that a task has ended, and how fresh the others stay, inside Slack's limits.

`python -m benchmarks.freshness` passes ten minutes of virtual time: 200 live tasks, progress every
second each, 20 ends a minute, through Opsbell and through two usual ways to do it. `--real` passes
four minutes of real time: the whole bot as a process, told over HTTP with one token, against the
playground with its limits on. Asserts nothing; prints a table and JSON.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any

from slack_playground import Playground
from slack_playground.seed import BOT_USER_ID

from benchmarks import table
from benchmarks.boards import Board, FirstInFirstOut, NewestWins, Opsbell, Watched
from benchmarks.engine import database, folder_in_memory, quiet, renderer
from benchmarks.load import Load, Shape
from benchmarks.over_http import OverHttp
from benchmarks.sightings import Sightings
from benchmarks.simulated_slack import SimulatedSlack
from benchmarks.virtual_time import LoopClock, VirtualLoop
from bot.clock import Clock
from bot.messages.transports.base import Transport
from tests.scenarios.conftest import ROOT, Bot

CHANNELS = 10
MANIFEST = ROOT / "manifest.json"
WAYS = ("opsbell", "newest_wins", "first_in_first_out")
Figures = dict[str, Any]


async def run(way: str, shape: Shape, clock: Clock, slack: Transport, names: list[str]) -> Figures:
    """Run one way of doing it and return its figures."""
    sightings = Sightings()
    watched = Watched(slack, sightings)
    began = time.perf_counter()
    with folder_in_memory() as folder, database("sqlite", folder) as store:
        board: Board
        if way == "opsbell":
            board = Opsbell(store, renderer(folder), clock, watched)
        elif way == "newest_wins":
            board = NewestWins(watched, clock)
        else:
            board = FirstInFirstOut(watched)
        seconds = await Load(shape, names, board, sightings).run()
        figures = sightings.summary(shape.live, seconds, asyncio.get_running_loop().time())
        await board.stop()
    return figures | {"real_seconds": round(time.perf_counter() - began, 1)}


def virtually(way: str, shape: Shape) -> Figures:
    """Run one way on a loop of virtual time against the simulated Slack."""
    slack = SimulatedSlack(random.Random(shape.seed))  # noqa: S311 - no secret
    names = [f"C{number:03}" for number in range(CHANNELS)]
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run(way, shape, LoopClock(), slack, names))


async def really(shape: Shape) -> Figures:
    """Run the whole bot in real time, told over HTTP with one token, against the playground."""
    names = [f"C0BENCH{number:03}" for number in range(CHANNELS)]
    channels = [{"id": name, "name": name.lower(), "members": [BOT_USER_ID]} for name in names]
    sightings = Sightings()
    began = time.perf_counter()
    with folder_in_memory() as folder:
        seed = {"channels": channels}
        async with Playground(limits="slack", seed=seed, manifest=MANIFEST) as playground:
            bot = Bot(playground, folder, f"sqlite:///{folder}/opsbell.db")
            await bot.start()
            board = OverHttp(bot, playground, sightings)
            seconds = await Load(shape, names, board, sightings).run()
            figures = sightings.summary(shape.live, seconds, asyncio.get_running_loop().time())
            await board.stop()
            await bot.stop()
    real_seconds = round(time.perf_counter() - began, 1)
    return figures | board.figures() | {"real_seconds": real_seconds}


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", action="store_true", help="against the playground, in real time")
    parser.add_argument("--virtual", action="store_true", help="simulated; the default")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=WAYS, help="virtual ones")
    parser.add_argument("--minutes", type=float, help="10 virtual or 4 real ones")
    parser.add_argument("--live", type=int, default=Shape.live)
    parser.add_argument("--finals", type=int, default=Shape.finals_a_minute, help="a minute")
    parser.add_argument("--warm-up", type=float, default=Shape.warm_up_seconds, help="seconds")
    found = parser.parse_args(arguments)
    minutes = found.minutes or (4.0 if found.real else 10.0)
    shape = Shape(found.live, found.finals, minutes, found.warm_up)
    quiet()
    results: dict[str, Figures] = {}
    if found.real:
        results["opsbell, real time"] = asyncio.run(really(shape))
    if found.virtual or not found.real:
        results |= {way: virtually(way, shape) for way in found.only}
    sys.stdout.write(table.of(results) + json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

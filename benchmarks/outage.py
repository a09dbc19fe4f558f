"""
What the bot does to a Slack that fails everything, and how many notices come of it.

`python -m benchmarks.outage` lets Slack fail for ten virtual minutes in each of the ways it can,
with 100 live tasks that go on reporting and a new message every two seconds; then Slack is well
again. Counted are the calls while it fails, the messages given up, the notices about them, and
the seconds until nothing waits any more. Asserts nothing; prints a table and JSON.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import random
import sys
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from benchmarks import table
from benchmarks.boards import Opsbell
from benchmarks.engine import WORKSPACE, database, folder_in_memory, quiet, renderer
from benchmarks.simulated_slack import SimulatedSlack
from benchmarks.virtual_time import LoopClock, VirtualLoop
from bot.db import Database
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.delivery.given_up_rows import NOTICE
from bot.messages.models import Message, MessageState
from bot.messages.policy import SlackResponse
from bot.messages.rendering.renderer import Renderer

REPORT_SECONDS = 2.0
TELL_SECONDS = 5.0
PATIENCE_SECONDS = 3600.0
CHANNELS = 10
ALERTS = "C0ALERTS"
OPEN = (MessageState.WAITING, MessageState.DELAYED, MessageState.BLOCKED, MessageState.SENDING)


@dataclass(frozen=True)
class Way:
    """One way to fail: the answer to all calls, and whether asking who we are fails as well."""

    answer: SlackResponse
    probe_fails: bool = True


WAYS = {
    "answers 503": Way(SlackResponse(status=503)),
    "unreachable": Way(SlackResponse(unreachable=True)),
    "no answers": Way(SlackResponse(lost=True)),
    "token revoked": Way(SlackResponse(error="token_revoked")),
    "429 to all": Way(
        SlackResponse(error="ratelimited", status=429, retry_after=30.0), probe_fails=False
    ),
    "writes fail, probes do not": Way(SlackResponse(error="internal_error"), probe_fails=False),
    "refuses all channels": Way(SlackResponse(error="channel_not_found"), probe_fails=False),
}


class Outage:
    """One run: the real lane and dead letters on a Slack that fails."""

    def __init__(self, store: Database, drawer: Renderer, live: int) -> None:
        self.slack = SimulatedSlack(random.Random(7))  # noqa: S311 - no secret
        self._store = store
        self._clock = LoopClock()
        self._board = Opsbell(store, drawer, self._clock, self.slack)
        self._letters = DeadLetters(
            store, self._clock, self._board.wake, self._alerts, lambda _tenant: WORKSPACE
        )
        self._numbers = itertools.count(1)
        self._live = [self._new() for _ in range(live)]

    async def run(self, way: Way, minutes: float) -> dict[str, Any]:
        """Start well, fail, be well again; return the figures."""
        loop = asyncio.get_running_loop()
        await self._board.tell([(key, channel, "queued") for key, channel in self._live])
        telling = asyncio.create_task(self._tell())
        await asyncio.sleep(30)
        self.slack.calls.clear()
        self.slack.failing, self.slack.probe_fails = way.answer, way.probe_fails
        await self._report_until(loop.time() + minutes * 60)
        calls = dict(self.slack.calls)
        self.slack.failing = None
        well_at = loop.time()
        # What is waited for is a row.
        while await self._count(*OPEN) and loop.time() < well_at + PATIENCE_SECONDS:  # noqa: ASYNC110
            await asyncio.sleep(1)
        waited = loop.time() - well_at
        telling.cancel()
        figures: dict[str, Any] = {
            "calls": sum(calls.values()),
            "calls_a_minute": round(sum(calls.values()) / minutes, 1),
            "probes": calls.get("auth.test", 0),
            "asked_for": next(self._numbers) - 1,
            "given_up": await self._count(MessageState.DEAD),
            "on_hold": await self._count(MessageState.SUSPENDED),
            "notices": await self._notices(),
            "clear_after_s": round(waited),
        }
        await self._board.stop()
        return figures

    async def _report_until(self, until: float) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(REPORT_SECONDS)
            new = self._new()
            word = f"{loop.time():.0f} s"
            reports = [(key, channel, word) for key, channel in self._live]
            await self._board.tell([*reports, (*new, "queued")])

    async def _tell(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(TELL_SECONDS)
                await self._letters.tell_next()

    def _new(self) -> tuple[str, str]:
        number = next(self._numbers)
        return f"m_{number:06}", f"C{number % CHANNELS:03}"

    async def _alerts(self) -> str:
        return ALERTS

    async def _count(self, *states: MessageState) -> int:
        def work(session: Session) -> int:
            of_state = col(Message.state).in_(states)
            query = select(func.count()).select_from(Message).where(of_state)
            return session.exec(query).one()

        return await self._store.read(work)

    async def _notices(self) -> int:
        def work(session: Session) -> int:
            query = select(func.count()).select_from(Message).where(Message.template == NOTICE)
            return session.exec(query).one()

        return await self._store.read(work)


async def run(way: Way, live: int, minutes: float) -> dict[str, Any]:
    """Run one way to fail on a database of its own."""
    with folder_in_memory() as folder, database("sqlite", folder) as store:
        return await Outage(store, renderer(folder), live).run(way, minutes)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--live", type=int, default=100)
    parser.add_argument("--only", nargs="+", choices=list(WAYS), default=list(WAYS))
    found = parser.parse_args(arguments)
    # Thousands of warnings are what an outage is in the log; here the figures are wanted.
    quiet(logging.CRITICAL)
    results = {}
    for name in found.only:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            results[name] = runner.run(run(WAYS[name], found.live, found.minutes))
    sys.stdout.write(table.of(results) + json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

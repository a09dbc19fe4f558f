"""Live tasks that report every second, and some of which end each minute, replaced by new ones."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.boards import Board, Report
from benchmarks.sightings import FINAL, Sightings

#: A task reports once a second; not all of them in the same instant.
PHASES = 4


@dataclass(frozen=True)
class Shape:
    """How much happens, for how long; *warm_up* is for the first posts and is not counted."""

    live: int = 200
    finals_a_minute: int = 20
    minutes: float = 10.0
    warm_up_seconds: float = 60.0
    seed: int = 7


class Load:
    """Reports to a board as the shape says; the same seed reports the same."""

    def __init__(
        self, shape: Shape, channels: Sequence[str], board: Board, sightings: Sightings
    ) -> None:
        self._shape = shape
        self._channels = itertools.cycle(channels)
        self._board = board
        self._sightings = sightings
        self._chance = random.Random(shape.seed)  # noqa: S311 - no secret
        self._numbers = itertools.count(1)
        self._live: dict[str, tuple[str, int]] = {}  # key → channel, phase
        self._ticks = 0

    async def run(self) -> float:
        """Report until the time is over; return the seconds that were counted."""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        await self._board.tell([self._new() for _ in range(self._shape.live)])
        await self._report_until(self._began + self._shape.warm_up_seconds)
        self._sightings.begin(loop.time())
        counted_from = loop.time()
        until = counted_from + self._shape.minutes * 60
        ending = asyncio.create_task(self._end_some(counted_from, until))
        await self._report_until(until)
        seconds = loop.time() - counted_from
        self._sightings.counting = False
        await ending
        return seconds

    async def _report_until(self, until: float) -> None:
        loop = asyncio.get_running_loop()
        while (next_at := self._began + (self._ticks + 1) / PHASES) <= until:
            await asyncio.sleep(max(0.0, next_at - loop.time()))
            self._ticks += 1
            phase = self._ticks % PHASES
            word = f"{self._ticks} done"
            reports = [
                (key, channel, word)
                for key, (channel, its_phase) in self._live.items()
                if its_phase == phase
            ]
            await self._board.tell(reports)

    async def _end_some(self, counted_from: float, until: float) -> None:
        count = round(self._shape.finals_a_minute * self._shape.minutes)
        for at in sorted(self._chance.uniform(counted_from, until) for _ in range(count)):
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            key = self._chance.choice(list(self._live))
            channel, _ = self._live.pop(key)
            self._sightings.report_final(key, asyncio.get_running_loop().time())
            await self._board.tell([(key, channel, FINAL), self._new()])

    def _new(self) -> Report:
        number = next(self._numbers)
        key, channel = f"m_{number:06}", next(self._channels)
        self._live[key] = (channel, number % PHASES)
        return key, channel, "queued"

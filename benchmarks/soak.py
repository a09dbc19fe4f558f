"""
Half an hour of reports, restarts and faults: what leaks, what is lost, what comes twice.

`python -m benchmarks.soak --minutes 30` runs two bots on one PostgreSQL against the playground with
Slack's limits on. Twenty callbacks a second report on tasks that live for 40 seconds. Meanwhile
Slack answers 429 and 503, takes calls without an answer, and drops its sockets; the first bot is
stopped and killed again and again; the second one is never restarted, but stands still for longer
than its lease lasts, so that the first takes its lanes. Of the second the memory and the open files
are watched. In the end every task has to stand in Slack once, completed. Prints a table and JSON.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from slack_playground import Playground
from slack_playground.seed import BOT_USER_ID

from benchmarks import table
from benchmarks.engine import database, folder_in_memory, quiet
from benchmarks.freshness import CHANNELS, MANIFEST
from benchmarks.sightings import rounded
from bot.messages.transports.base import REPEAT
from tests.scenarios.conftest import Bot

KEY = re.compile(r"soak_\d{6}")
#: As Slack takes 50 edits a minute, 30 tasks a minute may end: 20 tasks that live for 40 s.
REPORTS_EACH = 40
ANSWER_SECONDS = 3.0
#: A lease lasts 12 seconds.
STALL_SECONDS = 15.0
SAMPLE_SECONDS = 2.0
PATIENCE_SECONDS = 900.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Watch:
    """The memory and the open files of one process, over time."""

    pid: int
    at: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    async def run(self) -> None:
        """Look every other second until cancelled."""
        folder = Path(f"/proc/{self.pid}")
        while True:
            pages = int((folder / "statm").read_text().split()[1])
            self.at.append(time.monotonic())
            self.megabytes.append(pages * PAGE_BYTES / 1e6)
            # A process that hides its memory shows its files to root alone.
            with contextlib.suppress(PermissionError):
                self.files.append(sum(1 for _ in (folder / "fd").iterdir()))
            await asyncio.sleep(SAMPLE_SECONDS)

    def figures(self) -> dict[str, Any]:
        """Return what was seen after the first third, in which caches fill."""
        first = len(self.at) // 3
        settled = self.megabytes[first:]
        return {
            "rss_mb_after_a_third": rounded(settled[0]),
            "rss_mb_at_the_end": rounded(settled[-1]),
            "rss_mb_most": rounded(max(self.megabytes)),
            "rss_slope_mb_per_hour": rounded(_slope(self.at[first:], settled) * 3600),
            "files_after_a_third": self.files[first] if self.files else None,
            "files_at_the_end": self.files[-1] if self.files else None,
            "files_most": max(self.files, default=None),
        }


def _slope(at: list[float], values: list[float]) -> float:
    """Return how much the values grow in a second, by least squares."""
    mean_at, mean = sum(at) / len(at), sum(values) / len(values)
    spread = sum((one - mean_at) ** 2 for one in at)
    shared = sum((x - mean_at) * (y - mean) for x, y in zip(at, values, strict=True))
    return shared / spread if spread else 0.0


class Callbacks:
    """Workers that report on one task after the other, and repeat what nobody took."""

    def __init__(
        self, bots: list[Bot], channels: list[str], reports_each: int = REPORTS_EACH
    ) -> None:
        self._reports_each = reports_each
        self.answers: Counter[str] = Counter()
        self.taken = 0
        self.ended: list[str] = []
        self._bots = bots
        self._channels = itertools.cycle(channels)
        self._numbers = itertools.count(1)
        self._turns = itertools.count()
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {bots[0].token}"},
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        )

    async def work(self, is_over: Callable[[], bool], pause: float, delay: float = 0.0) -> None:
        """Report on one task after the other, one callback every *pause* seconds, until then."""
        await asyncio.sleep(delay)
        while not is_over():
            await self._one_task(f"soak_{next(self._numbers):06}", pause)

    async def _one_task(self, key: str, pause: float) -> None:
        place = {"task": "soak", "subject": key, "taskId": key, "channel": next(self._channels)}
        due = time.monotonic()
        for number in range(1, self._reports_each + 1):
            progress = round(100 * number / self._reports_each)
            report = {"taskId": key, "seq": number, "progress": progress}
            if number == 1:
                await self._send("/api/tasks", {**place, "status": "running"})
            elif number < self._reports_each:
                await self._send("/api/slack/update", {**report, "status": "running"})
            else:
                await self._send("/api/slack/update", {**report, "status": "completed"})
            due += pause
            await asyncio.sleep(max(due - time.monotonic(), 0))
        self.ended.append(key)

    async def _send(self, path: str, body: dict[str, Any]) -> None:
        """Send a callback to one bot after the other until one has taken it."""
        while True:
            bot = self._bots[next(self._turns) % len(self._bots)]
            try:
                async with self._session.post(f"{bot.url}{path}", json=body) as response:
                    await response.read()
                    answer = str(response.status)
            except (aiohttp.ClientError, TimeoutError) as error:
                answer = type(error).__name__
            self.answers[answer] += 1
            if answer.startswith("2"):
                self.taken += 1
                return
            await asyncio.sleep(0.3)

    async def close(self) -> None:
        """Hang up."""
        await self._session.close()


class Disturbances:
    """Troubles that come one after the other, again and again."""

    def __init__(
        self,
        playground: Playground,
        restarted: Bot,
        stalled: Bot,
        outlast_lease: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """*outlast_lease* returns once the lanes of the stalled bot may be another one's."""
        self.counts: Counter[str] = Counter()
        self._playground = playground
        self._restarted = restarted
        self._stalled = stalled
        self._outlast_lease = outlast_lease or partial(asyncio.sleep, STALL_SECONDS)

    async def run(self, every_seconds: float) -> None:
        """Bring one trouble after the other until cancelled."""
        while True:
            await self.bring_each(every_seconds)

    async def bring_each(self, every_seconds: float) -> None:
        """Bring every trouble once."""
        steps: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
            ("429", self._fault("chat.*", kind="http", status=429, retry_after=2, count=3)),
            ("lost_answers_to_posts", self._fault("chat.postMessage", kind="drop_answer", count=2)),
            ("lost_answers_to_edits", self._fault("chat.update", kind="drop_answer", count=3)),
            ("503", self._fault("chat.*", kind="http", status=503, count=10)),
            ("stops_by_sigterm", self._stop),
            ("refused_connections", self._fault("chat.*", kind="refuse", count=5)),
            ("lost_sockets", lambda: self._playground.upset_sockets("close")),
            ("kills_by_sigkill", self._kill),
            ("stalls_beyond_the_lease", self._stall),
        ]
        for name, bring in steps:
            await asyncio.sleep(every_seconds)
            await bring()
            self.counts[name] += 1

    def _fault(self, method: str, **how: Any) -> Callable[[], Awaitable[Any]]:
        async def bring() -> None:
            self._playground.fail(method, **how)

        return bring

    async def _stop(self) -> None:
        await self._restarted.stop()
        await self._restarted.start()

    async def _kill(self) -> None:
        await self._restarted.kill()
        await self._restarted.start()

    async def _stall(self) -> None:
        process = self._stalled.process
        if process is None:
            raise RuntimeError("It has not been started.")
        process.send_signal(signal.SIGSTOP)
        try:
            await self._outlast_lease()
        finally:
            process.send_signal(signal.SIGCONT)


def shown_in(playground: Playground, channels: list[str]) -> dict[str, list[str]]:
    """Return the texts of the messages of each task."""
    found: dict[str, list[str]] = {}
    for channel in channels:
        for message in playground.messages(channel):
            if key := KEY.search(str(message["text"])):
                found.setdefault(key[0], []).append(str(message["text"]))
    return found


def judged(shown: dict[str, list[str]], ended: list[str]) -> dict[str, int]:
    """Return how many ended tasks are missing, stand twice or are not completed."""
    copies = [shown.get(key, []) for key in ended]
    return {
        "tasks": len(ended),
        "missing": sum(not one for one in copies),
        "doubled": sum(len([text for text in one if REPEAT not in text]) > 1 for one in copies),
        "marked_as_possible_repeats": sum(REPEAT in text for one in copies for text in one),
        "not_completed": sum(bool(one) and "Completed" not in one[0] for one in copies),
    }


async def soak(minutes: float, per_second: float, every_seconds: float) -> dict[str, Any]:
    """Run it all and return the figures."""
    names = [f"C0SOAK{number:03}" for number in range(CHANNELS)]
    members = [{"id": name, "name": name.lower(), "members": [BOT_USER_ID]} for name in names]
    with folder_in_memory() as folder, database("postgresql", folder) as store:
        url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with (
            Playground(limits="slack", seed={"channels": members}, manifest=MANIFEST) as playground,
            _bots(playground, folder, url) as bots,
        ):
            watch = Watch(_pid_of(bots[1]))
            callbacks = Callbacks(bots, names)
            trouble = Disturbances(playground, bots[0], bots[1])
            began = time.monotonic()
            watching = asyncio.create_task(watch.run())
            disturbing = asyncio.create_task(trouble.run(every_seconds))
            await _report_for(callbacks, minutes * 60, per_second)
            took = time.monotonic() - began
            await _ended(disturbing)
            playground.heal()
            await bring_back(bots)
            waited = await until_settled(playground, names, callbacks.ended)
            await _ended(watching)
            await callbacks.close()
            return {
                "minutes": rounded(took / 60),
                "callbacks_taken": callbacks.taken,
                "callbacks_a_second": rounded(callbacks.taken / took),
                "callbacks_repeated": sum(callbacks.answers.values()) - callbacks.taken,
                **trouble.counts,
                "lanes_taken_by_the_stalled_bot": _lanes_taken(bots[1]),
                **watch.figures(),
                "settled_after_s": rounded(waited),
                **judged(shown_in(playground, names), callbacks.ended),
            }


async def _report_for(callbacks: Callbacks, seconds: float, per_second: float) -> None:
    """Let so many workers report that all of them together send *per_second* callbacks."""
    workers = max(round(per_second), 1)
    pause = workers / per_second
    until = time.monotonic() + seconds
    # They begin one after the other, so that their tasks do not end all at once.
    delays = [number * REPORTS_EACH * pause / workers for number in range(workers)]
    work = [
        callbacks.work(lambda: time.monotonic() >= until, pause, min(delay, seconds / 2))
        for delay in delays
    ]
    await asyncio.gather(*work)


@contextlib.asynccontextmanager
async def _bots(playground: Playground, folder: Path, url: str) -> AsyncIterator[list[Bot]]:
    """Give two bots that run, each in a folder of its own, and end them."""
    bots = []
    for name in ("restarted", "stalled"):
        (folder / name).mkdir()
        bots.append(Bot(playground, folder / name, url))
    try:
        for bot in bots:
            await bot.start()
        yield bots
    finally:
        for bot in bots:
            if bot.process is not None and bot.process.returncode is None:
                await bot.kill()


def _pid_of(bot: Bot) -> int:
    if bot.process is None:
        raise RuntimeError("It has not been started.")
    return bot.process.pid


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task; raise what it failed with before."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def bring_back(bots: list[Bot]) -> None:
    """Start what was being restarted when the time was over."""
    for bot in bots:
        if bot.process is None or bot.process.returncode is not None:
            await bot.start()


async def until_settled(
    playground: Playground,
    names: list[str],
    ended: list[str],
    patience_seconds: float = PATIENCE_SECONDS,
) -> float:
    """Wait until every task that ended is shown so; return for how long."""
    began = time.monotonic()
    while time.monotonic() < began + patience_seconds:
        found = judged(shown_in(playground, names), ended)
        if not found["missing"] and not found["not_completed"]:
            break
        await asyncio.sleep(1)
    return time.monotonic() - began


def _lanes_taken(bot: Bot) -> int:
    return (bot.folder / "bot.log").read_text().count("lane_taken")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--per-second", type=float, default=20.0)
    parser.add_argument("--every-seconds", type=float, default=10.0, help="between two troubles")
    found = parser.parse_args()
    quiet()
    figures = asyncio.run(soak(found.minutes, found.per_second, found.every_seconds))
    sys.stdout.write(table.of({"soak": figures}))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()

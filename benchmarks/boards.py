"""
Where tasks show their state: through Opsbell, or through one of the usual ways to do it.

All of them get the same reports and write to the same kind of Slack.
"""

import asyncio
from collections import deque
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from benchmarks.engine import TENANT, WORKSPACE
from benchmarks.sightings import FINAL, Sightings
from bot.clock import Clock
from bot.db import Database
from bot.messages import outbox
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.models import Rank
from bot.messages.outbox import Content, Place
from bot.messages.policy import SlackResponse
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.transports.base import Found, Outgoing, Transport

Report = tuple[str, str, str]  #: key, channel, word


class Board(Protocol):
    """Takes reports on tasks: the first one makes the message."""

    async def tell(self, reports: list[Report]) -> None:
        """Take what some tasks have just reported."""
        ...

    async def stop(self) -> None:
        """Serve no more."""
        ...


class Watched:
    """A transport that notes what Slack shows from when on; the time is that of its answer."""

    def __init__(self, inner: Transport, sightings: Sightings) -> None:
        self.at_a_time = inner.at_a_time
        self.takes_overflow = inner.takes_overflow
        self._inner = inner
        self._sightings = sightings

    async def post(self, outgoing: Outgoing) -> SlackResponse:
        """Post, and take note."""
        return self._noted("post", outgoing, await self._inner.post(outgoing))

    async def edit(self, outgoing: Outgoing) -> SlackResponse:
        """Edit, and take note."""
        return self._noted("edit", outgoing, await self._inner.edit(outgoing))

    async def find(self, outgoing: Outgoing) -> Found:
        """Look up."""
        return await self._inner.find(outgoing)

    async def delete(self, channel: str, ts: str) -> SlackResponse:
        """Delete."""
        return await self._inner.delete(channel, ts)

    async def join(self, channel: str) -> SlackResponse:
        """Join."""
        return await self._inner.join(channel)

    async def probe(self) -> SlackResponse:
        """Probe."""
        return await self._inner.probe()

    def _noted(self, kind: str, outgoing: Outgoing, answer: SlackResponse) -> SlackResponse:
        if answer.ok:
            now = asyncio.get_running_loop().time()
            self._sightings.see(kind, outgoing.message_id, outgoing.rendered.text, now)
        elif answer.retry_after is not None:
            self._sightings.refuse()
        return answer


class Opsbell:
    """The real outbox, ledger, lane and pacing."""

    def __init__(
        self, database: Database, renderer: Renderer, clock: Clock, transport: Transport
    ) -> None:
        self._database = database
        self._clock = clock
        self._known: set[str] = set()
        self._lanes = Lanes(database, renderer, clock)
        self._lanes.open(WORKSPACE, transport)

    async def tell(self, reports: list[Report]) -> None:
        """Write one transaction and wake the lane."""
        await self._database.write(lambda session: self._write(session, reports))
        self._known |= {key for key, _, _ in reports}
        self.wake(WORKSPACE)

    def wake(self, workspace_id: str) -> None:
        """Wake the lane."""
        self._lanes.wake(workspace_id)

    def _write(self, session: Session, reports: list[Report]) -> None:
        now = self._clock.now()
        for key, channel, word in reports:
            final = word == FINAL
            if key in self._known:
                rank = Rank.FINAL if final else Rank.PROGRESS
                outbox.edit(session, key, {"word": word}, now=now, rank=rank, final=final)
                continue
            content = Content("note", {"word": word})
            place = Place(WORKSPACE, TENANT, channel)
            outbox.put(session, place, content, now=now, message_id=key)

    async def stop(self) -> None:
        """Stop the lane."""
        await self._lanes.stop()


class FirstInFirstOut:
    """Every report is a call, one after the other; a 429 makes all wait as long as Slack says."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._waiting: deque[Report] = deque()
        self._places: dict[str, str] = {}
        self._woken = asyncio.Event()
        self._serving = asyncio.create_task(self._serve())

    async def tell(self, reports: list[Report]) -> None:
        """Queue the calls."""
        self._waiting += reports
        self._woken.set()

    async def _serve(self) -> None:
        while True:
            while self._waiting:
                await self._show(self._waiting.popleft())
            self._woken.clear()
            await self._woken.wait()

    async def _show(self, report: Report) -> None:
        while True:
            answer = await write(self._transport, report, self._places)
            if answer.retry_after is None:
                return
            await asyncio.sleep(answer.retry_after)

    async def stop(self) -> None:
        """Drop what still waits."""
        self._serving.cancel()


class NewestWins:
    """One waiting state per message, longest-waiting first, paced; an end is like any other."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock
        self._pacing = Pacing()
        self._waiting: dict[str, Report] = {}
        self._places: dict[str, str] = {}
        self._busy: set[str] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._serving = asyncio.create_task(self._serve())

    async def tell(self, reports: list[Report]) -> None:
        """Replace what waits of the same message; it keeps its turn."""
        self._waiting |= {report[0]: report for report in reports}
        self._woken.set()

    async def _serve(self) -> None:
        while True:
            self._woken.clear()
            now = self._clock.now()
            for key in [key for key in self._waiting if key not in self._busy]:
                if self._may_go(self._waiting[key], now):
                    self._start(self._waiting.pop(key))
            try:
                wait = (self._pacing.next_opening(now) - now).total_seconds()
                await asyncio.wait_for(self._woken.wait(), wait)
            except TimeoutError:
                continue

    def _may_go(self, report: Report, now: datetime) -> bool:
        key, channel, _ = report
        if key in self._places:
            return self._pacing.take_edit(now, is_progress=False)
        return self._pacing.take_post(channel, now)

    def _start(self, report: Report) -> None:
        self._busy.add(report[0])
        call = asyncio.create_task(self._call(report))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, report: Report) -> None:
        await write(self._transport, report, self._places)
        self._busy.discard(report[0])
        self._woken.set()

    async def stop(self) -> None:
        """Drop what still waits."""
        self._serving.cancel()
        for call in self._calls:
            call.cancel()


async def write(transport: Transport, report: Report, places: dict[str, str]) -> SlackResponse:
    """Post or edit one message, and remember where it stands."""
    key, channel, word = report
    outgoing = Outgoing(
        message_id=key,
        revision=1,
        channel=channel,
        thread_ts=None,
        ts=None,
        rendered=Rendered(word, [], None),
        text_only=False,
        since=datetime.min,  # noqa: DTZ901 - never looked up
    )
    if key in places:
        return await transport.edit(replace(outgoing, ts=places[key]))
    answer = await transport.post(outgoing)
    if answer.ok and answer.ts:
        places[key] = answer.ts
    return answer

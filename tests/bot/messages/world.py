"""Lanes of several processes, in this one, that deliver to any workspace; time stands still."""

import asyncio
from collections import deque
from datetime import UTC, datetime

from bot.errors import NoTransportError
from bot.messages import outbox
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.models import LaneLease
from bot.messages.outbox import Content, Place
from bot.messages.policy import SlackResponse
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.base import Found
from bot.messages.transports.factory import Opened, Transports
from tests.patience import until


class HandClock:
    """A clock that is set by hand."""

    def __init__(self):
        self.at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def now(self):
        return self.at

    def pass_by(self, wait):
        self.at += wait


class Desk:
    """A way out that takes everything, and remembers it; while closed it keeps callers waiting."""

    at_a_time = 50
    takes_overflow = False

    def __init__(self, key, world):
        self._key, self._world = key, world

    async def post(self, outgoing):
        self._world.busy.add(self._key)
        self._world.most_busy = max(self._world.most_busy, len(self._world.busy))
        await self._world.is_open.wait()
        self._world.busy.discard(self._key)
        self._world.sent.append((self._key, outgoing.rendered.text))
        return SlackResponse(ok=True, ts=f"17.{len(self._world.sent):06}", channel=outgoing.channel)

    async def edit(self, outgoing):
        if self._world.refusals:
            return self._world.refusals.popleft()
        return await self.post(outgoing)

    async def find(self, outgoing):
        return Found()

    async def delete(self, channel, ts):
        return SlackResponse(ok=True)

    async def join(self, channel):
        return SlackResponse(ok=True, channel=channel)

    async def probe(self):
        return SlackResponse(ok=True)


class World:
    """Processes, here in one, that deliver to any workspace but those that are locked."""

    def __init__(self, database, folder, clock):
        (folder / "note.json").write_text('{"text": "{{ text }}", "blocks": []}')
        self.database, self.clock, self.renderer = database, clock, Renderer(folder)
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.sent, self.busy, self.most_busy = [], set(), 0
        self.locked, self.closed, self.told = set(), [], []
        self.refusals: deque[SlackResponse] = deque()  # what the next edits are answered
        self.processes = []

    def start(self, *, tell=None, **limits):
        """Start a process."""
        transports = Transports()
        transports.add("", self.open)
        lanes = Lanes(
            self.database,
            self.renderer,
            self.clock,
            transports=transports,
            wake_elsewhere=tell,
            **limits,
        )
        self.processes.append(lanes)
        return lanes

    async def open(self, key):
        if key in self.locked:
            raise NoTransportError("no_token")
        return Opened(Desk(key, self), close=lambda: self.closed.append(key))

    def put(self, key, text="hello", channel="C0OPS", **changes):
        """Commit a message of which nobody is told."""

        def work(session):
            place = Place(key, "default", channel)
            message = outbox.put(session, place, Content("note", {"text": text}), now=self.clock.at)
            for name, value in changes.items():
                setattr(message, name, value)

        self.database.transact(work)

    def lease(self, key, owner, until):
        """Let some process hold a lane until then."""
        row = LaneLease(workspace_id=key, owner=owner, expires_at=until)
        self.database.transact(lambda session: session.merge(row))

    async def until(self, true):
        """Wait until something is so."""

        async def look():
            return true()

        await until(look)

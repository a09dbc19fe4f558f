"""A Slack inside this process: takes time, keeps its published limits, can be away altogether."""

import asyncio
import itertools
import random
from collections import Counter

from benchmarks.published_limits import PublishedLimits
from benchmarks.virtual_time import BEGINNING
from bot.messages.policy import SlackResponse
from bot.messages.transports.base import Found, Outgoing

#: What Slack's API takes for an answer, about.
QUICKEST_SECONDS, SLOWEST_SECONDS = 0.08, 0.25


class SimulatedSlack:
    """A transport as the lane calls it. `failing` answers everything while it is set."""

    at_a_time = 50
    takes_overflow = False

    def __init__(self, chance: random.Random) -> None:
        self.failing: SlackResponse | None = None
        self.probe_fails = True
        self.calls: Counter[str] = Counter()
        self.shown: dict[str, str] = {}
        self._chance = chance
        self._limits = PublishedLimits()
        self._serial = itertools.count(1)

    async def post(self, outgoing: Outgoing) -> SlackResponse:
        """Post a message."""
        return await self._call("chat.postMessage", outgoing)

    async def edit(self, outgoing: Outgoing) -> SlackResponse:
        """Edit a message."""
        return await self._call("chat.update", outgoing)

    async def find(self, outgoing: Outgoing) -> Found:
        """Look a message up."""
        answer = await self._call("conversations.history", outgoing)
        return Found(ts=self.shown.get(outgoing.message_id), revision=1, answer=answer)

    async def delete(self, channel: str, ts: str) -> SlackResponse:
        """Delete, as if it had been asked."""
        del channel, ts
        return SlackResponse(ok=True)

    async def join(self, channel: str) -> SlackResponse:
        """Be in the channel already."""
        del channel
        return SlackResponse(ok=True)

    async def probe(self) -> SlackResponse:
        """Say whether Slack is there."""
        await self._travel()
        self.calls["auth.test"] += 1
        return (self.failing if self.probe_fails else None) or SlackResponse(ok=True)

    async def _call(self, method: str, outgoing: Outgoing) -> SlackResponse:
        await self._travel()
        self.calls[method] += 1
        answer = self.failing or self._accept(method, outgoing)
        await self._travel()
        return answer

    def _accept(self, method: str, outgoing: Outgoing) -> SlackResponse:
        now = asyncio.get_running_loop().time()
        wait = 0
        if method == "chat.postMessage":
            wait = self._limits.post(outgoing.channel, now)
        elif method == "chat.update":
            wait = self._limits.edit(now)
        if wait:
            return SlackResponse(error="ratelimited", status=429, retry_after=float(wait))
        # By the clock that the bot goes by: it compares the two.
        second = int(BEGINNING.timestamp() + now)
        ts = outgoing.ts or f"{second}.{next(self._serial):06}"
        if method == "chat.postMessage":
            self.shown[outgoing.message_id] = ts
        return SlackResponse(ok=True, ts=ts, channel=outgoing.channel)

    async def _travel(self) -> None:
        await asyncio.sleep(self._chance.uniform(QUICKEST_SECONDS, SLOWEST_SECONDS) / 2)

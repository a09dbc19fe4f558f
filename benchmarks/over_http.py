"""The whole bot as a process of its own, told over HTTP with one token, watched in a playground."""

import asyncio
import re
import time
from typing import Any

import aiohttp
from slack_playground import Playground

from benchmarks.boards import Report
from benchmarks.sightings import FINAL, Sightings, at_share
from tests.scenarios.conftest import Bot

#: How often the playground's journal is looked at.
LOOK_SECONDS = 0.02
KEY = re.compile(r"m_\d{6}")


class OverHttp:
    """A board: each report is a request of its own, as 200 workers send them."""

    def __init__(self, bot: Bot, playground: Playground, sightings: Sightings) -> None:
        self._bot = bot
        self._playground = playground
        self._sightings = sightings
        self._session = aiohttp.ClientSession(
            bot.url,
            headers={"Authorization": f"Bearer {bot.token}"},
            connector=aiohttp.TCPConnector(limit=0),
        )
        self._known: set[str] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._seen = 0
        self._number = 0
        self.statuses: dict[int, int] = {}
        self.seconds: list[float] = []
        self._watching = asyncio.create_task(self._watch())

    async def tell(self, reports: list[Report]) -> None:
        """Send the reports, all at once, and do not wait for what is answered."""
        for key, channel, word in reports:
            self._number += 1
            path, body = self._request(key, channel, word)
            sending = asyncio.create_task(self._send(path, body, word == FINAL))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)

    def _request(self, key: str, channel: str, word: str) -> tuple[str, dict[str, Any]]:
        if key not in self._known:
            self._known.add(key)
            place = {"task": "load", "subject": key, "taskId": key, "channel": channel}
            return "/api/tasks", {**place, "status": "running"}
        told = {"taskId": key, "seq": self._number, "progressNote": word}
        status = "completed" if word == FINAL else "running"
        return "/api/slack/update", {**told, "status": status}

    async def _send(self, path: str, body: dict[str, Any], is_end: bool) -> None:
        """Send one report; an end that is refused is sent again when there is room."""
        while True:
            began = time.perf_counter()
            async with self._session.post(path, json=body) as response:
                await response.read()
            self.seconds.append(time.perf_counter() - began)
            self.statuses[response.status] = self.statuses.get(response.status, 0) + 1
            if response.status != 429 or not is_end:
                return
            await asyncio.sleep(float(response.headers["Retry-After"]))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            calls = self._playground.calls()
            now = asyncio.get_running_loop().time()
            for call in calls[self._seen :]:
                self._note(call.method, call.arguments, call.status, now)
            self._seen = len(calls)

    def _note(self, method: str, arguments: dict[str, Any], status: int, now: float) -> None:
        if status == 429:
            self._sightings.refuse()
        found = KEY.search(str(arguments.get("text", "")))
        if status != 200 or found is None or method not in ("chat.postMessage", "chat.update"):
            return
        kind = "post" if method == "chat.postMessage" else "edit"
        word = FINAL if "Completed" in arguments["text"] else "progress"
        self._sightings.see(kind, found[0], word, now)

    def figures(self) -> dict[str, Any]:
        """Return how the bot answered."""
        milliseconds = [seconds * 1_000 for seconds in self.seconds]
        return {
            "requests": len(self.seconds),
            "refused_by_us_429": self.statuses.get(429, 0),
            "other_refusals": sum(
                count for status, count in self.statuses.items() if status not in (200, 201, 429)
            ),
            "request_p50_ms": at_share(milliseconds, 0.5),
            "request_p99_ms": at_share(milliseconds, 0.99),
        }

    async def stop(self) -> None:
        """Send no more."""
        await asyncio.gather(*self._sending)
        self._watching.cancel()
        await self._session.close()

"""
A bare Slack that remembers its messages, lets them be read again, and loses answers when told to.

`python -m benchmarks.remembering_slack --delay-ms 50 --lost 0.1` prints its address. A lost answer
is that of a post which was taken: the connection breaks instead.
"""

import argparse
import asyncio
import itertools
import json
import random
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.bare_slack import IDS, Bench, Tally, serve

PAGE = 100


class Memory:
    """What all connections have taken: the messages of each channel, oldest first."""

    def __init__(self, delay: float, lost: float) -> None:
        self.delay = delay
        self.lost = lost
        self.channels: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.chance = random.Random(7)  # noqa: S311 - no secret
        self.serial = itertools.count(1)


class Remembering(Bench):
    """One connection."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(Tally(memory.delay))
        self._memory = memory

    def answer(self, method: str, body: bytes) -> None:
        """Take a message, show a history, or say `ok`."""
        asked = fields_of(body)
        if method == "texts":
            every = itertools.chain.from_iterable(self._memory.channels.values())
            self.send({"texts": [message["text"] for message in every]})
            return
        answer = {"ok": True, **IDS}
        if method == "conversations.history":
            answer |= self._history(asked)
        elif method == "chat.postMessage":
            answer |= self._take(asked)
            if self._memory.chance.random() < self._memory.lost:
                self._transport.abort()  # type: ignore[attr-defined]
                return
        asyncio.get_running_loop().call_later(self._memory.delay, self.send, answer)

    def _take(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = next(self._memory.serial)
        ts = f"17{number // 1000:08}.{number % 1000:06}"
        kept = {"ts": ts, "text": asked["text"], "metadata": asked.get("metadata")}
        self._memory.channels[asked["channel"]].append(kept)
        return {"ts": ts, "channel": asked["channel"]}

    def _history(self, asked: dict[str, Any]) -> dict[str, Any]:
        newest_first = self._memory.channels[asked["channel"]][::-1]
        start = int(asked.get("cursor") or 0)
        page = newest_first[start : start + PAGE]
        following = str(start + PAGE) if start + PAGE < len(newest_first) else ""
        return {"messages": page, "response_metadata": {"next_cursor": following}}


def fields_of(body: bytes) -> dict[str, Any]:
    """Return what is asked for, in JSON or as a form: histories are asked for with one."""
    if body.startswith(b"{"):
        return dict(json.loads(body))
    return dict(parse_qsl(body.decode()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay-ms", type=float, default=50.0)
    parser.add_argument("--lost", type=float, default=0.0)
    found = parser.parse_args()
    memory = Memory(found.delay_ms / 1000, found.lost)
    asyncio.run(serve(lambda: Remembering(memory)))

"""
A bare Slack: says `ok` to every call after a set delay, and counts. For measuring senders.

Speaks just enough HTTP/1.1 with kept-alive connections to cost next to nothing beside what it
measures. `python benchmarks/bare_slack.py --delay-ms 50` prints its address.
"""

import argparse
import asyncio
import itertools
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
IDS = {"team_id": "T0BENCH", "team": "Bench", "user_id": "U0BOT", "bot_id": "B0BOT"}


class Tally:
    """What all connections have seen."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.counts: Counter[str] = Counter()
        self.times: list[float] = []
        self.serial = itertools.count(1)


class Bench(asyncio.Protocol):
    """One connection to the server whose `tally` it shares."""

    def __init__(self, tally: "Tally") -> None:
        self._tally = tally

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with nothing read."""
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._rest += data
        while True:
            head, mark, rest = self._rest.partition(b"\r\n\r\n")
            found = LENGTH.search(head)
            size = int(found[1]) if found else 0
            if not mark or len(rest) < size:
                return
            self._rest = rest[size:]
            self.answer(head.split(b" ", 2)[1].decode().rpartition("/")[2], rest[:size])

    def answer(self, method: str, _body: bytes) -> None:
        """Answer one request."""
        if method == "total":
            self.send({"total": self._tally.counts.total()})
            return
        if method == "counts":
            self.send({"counts": self._tally.counts, "times": self._tally.times})
            return
        self._tally.counts[method] += 1
        if method.startswith("chat."):
            self._tally.times.append(time.time())
        number = next(self._tally.serial)
        ts = f"17{number // 1000:08}.{number % 1000:06}"
        answer = {"ok": True, "ts": ts, "channel": "C0BENCH", **IDS}
        if self._tally.delay:
            asyncio.get_running_loop().call_later(self._tally.delay, self.send, answer)
        else:
            self.send(answer)

    def send(self, answer: object) -> None:
        """Write an answer."""
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._transport.write(head.encode() + b"\r\n\r\n" + body)  # type: ignore[attr-defined]


async def serve(connection: Callable[[], Bench]) -> None:
    """Print the address and serve until killed, with a *connection* made for each that comes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://127.0.0.1:{port}/api/\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    shared = Tally(parser.parse_args().delay_ms / 1000)
    asyncio.run(serve(lambda: Bench(shared)))

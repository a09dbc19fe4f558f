"""
How many requests a second are accepted over HTTP, one by one or in bulks, and delivered at once.

`python -m benchmarks.accepting [--count 5000]` starts the API and a lane in one process, as in the
bot, and posts from many connections with kept-alive sockets; a bare Slack takes what is delivered.
Accepted means answered with 202, stored durably. Prints a table and JSON; asserts nothing.
"""

import argparse
import asyncio
import json
import sys
import time
from typing import Any

import uvloop

from benchmarks import servers, table
from benchmarks.accepting_bot import SECRET
from benchmarks.engine import TENANT, database, folder_in_memory
from benchmarks.sightings import at_share
from bot.clock import SystemClock
from bot.tokens import Tokens

KINDS = ("sqlite", "postgresql")
#: How many messages a call brings → over how many connections they come.
CONNECTIONS = {1: 50, 100: 10}
PATIENCE_SECONDS = 120.0


def measure(kind: str, count: int, size: int) -> dict[str, Any]:
    """Return the rates of accepting and of delivering, and the time of one answer."""
    with (
        servers.bare_slack(0.0) as slack,
        folder_in_memory() as folder,
        database(kind, folder) as store,
    ):
        url = store.url.set(drivername=kind).render_as_string(hide_password=False)
        command = [sys.executable, "-m", "benchmarks.accepting_bot", url, slack.url]
        with servers.process(command, {}, servers.ROOT) as bot:
            if bot.stdout is None:
                raise RuntimeError("Its output is not piped.")
            port = int(bot.stdout.readline())
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                began, ended, waits = runner.run(post_all(port, count, size))
            slack.wait_for(count, PATIENCE_SECONDS)
            times = slack.times()
    return {
        "accepted_per_s": round(count / (ended - began)),
        "answer_p50_ms": at_share([wait * 1000 for wait in waits], 0.5),
        "answer_p99_ms": at_share([wait * 1000 for wait in waits], 0.99),
        "delivered": len(times),
        "delivered_per_s": round(len(times) / (max(times) - began)),
    }


async def post_all(port: int, count: int, size: int) -> tuple[float, float, list[float]]:
    """Post *count* requests; return when that began and ended, and how long each call took."""
    request = whole_call(size)
    waits: list[float] = []

    async def post_some(times: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(times):
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            size = next(line for line in lines if line.startswith(b"content-length:"))
            answer = await reader.readexactly(int(size.partition(b":")[2]))
            if not head.startswith(b"HTTP/1.1 202"):
                raise RuntimeError(answer.decode())
            waits.append(time.perf_counter() - began)
        writer.close()

    began = time.time()
    each = count // size // CONNECTIONS[size]
    await asyncio.gather(*(post_some(each) for _ in range(CONNECTIONS[size])))
    return began, time.time(), waits


def whole_call(size: int) -> bytes:
    """Return one POST of so many requests for a message, as bytes."""
    token = Tokens(SECRET, SystemClock()).mint(
        subject="ada",
        tenant=TENANT,
        scopes=frozenset({"messages:write"}),
    )
    asked = {"channel": "C0BENCH", "templateCode": "text", "payload": {"text": "hello"}}
    body = json.dumps(asked if size == 1 else [asked] * size).encode()
    path = "/api/messages/request" if size == 1 else "/api/messages/request/bulk"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    found = parser.parse_args(arguments)
    results = {
        f"{kind}, {size} a call": measure(kind, found.count, size)
        for kind in found.only
        for size in CONNECTIONS
    }
    sys.stdout.write(f"{table.of(results)}\n{json.dumps(results, indent=2)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

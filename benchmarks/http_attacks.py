"""
What hostile callers send to the API, without a token and with one.

`python -m benchmarks.http_attacks NAME HOST PORT SECONDS [TOKEN]` goes on for so many seconds.
"""

import asyncio
import contextlib
import gzip
import json
import sys
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

#: A thousand times what is sent.
BOMB_BYTES = 200_000_000
MEGABYTE = 1_000_000
AT_ONCE = 8


@dataclass(frozen=True)
class Target:
    """Where the API is, and with which token if any."""

    host: str
    port: int
    token: str = ""

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a new connection."""
        return await asyncio.open_connection(self.host, self.port)

    def head(self, method: str = "POST", path: str = "/api/tasks", **headers: str) -> bytes:
        """Return the first lines of a request."""
        lines = [f"{method} {path} HTTP/1.1", "Host: a", "Content-Type: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        return "\r\n".join([*lines, "", ""]).encode()

    async def send(self, raw: bytes) -> None:
        """Send something on a connection of its own and read what comes until it is closed."""
        reader, writer = await self.connect()
        try:
            writer.write(raw)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
                async with asyncio.timeout(5):
                    await reader.read()
        finally:
            writer.close()


Attack = Callable[[Target], Awaitable[None]]


async def half_sent(target: Target) -> None:
    """Three hundred requests that are never finished."""
    lines = await asyncio.gather(*(target.connect() for _ in range(300)))
    for _, writer in lines:
        writer.write(b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nX-")
    await asyncio.sleep(3_600)


async def dripping(target: Target) -> None:
    """Three hundred requests that get a header now and then."""
    lines = await asyncio.gather(*(target.connect() for _ in range(300)))
    for _, writer in lines:
        writer.write(b"POST /api/tasks HTTP/1.1\r\nHost: a\r\n")
    while True:
        await asyncio.sleep(0.2)
        for _, writer in lines:
            if not writer.transport.is_closing():
                writer.write(b"X: a\r\n")


async def half_bodies(target: Target) -> None:
    """A hundred bodies that do not arrive."""
    lines = await asyncio.gather(*(target.connect() for _ in range(100)))
    for _, writer in lines:
        writer.write(target.head(Content_Length="1000000") + b"{")
    await asyncio.sleep(3_600)


async def connecting(target: Target) -> None:
    """Connections that are opened and left."""
    while True:
        with contextlib.suppress(OSError):
            _, writer = await target.connect()
            writer.transport.abort()


async def pipelining(target: Target) -> None:
    """Thousands of requests in one piece, whose responses nobody reads."""
    _, writer = await target.connect()
    while True:
        writer.write(target.head("GET", "/api/docs") * 1_000)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await writer.drain()
        if writer.transport.is_closing():
            _, writer = await target.connect()


def _again(raw: Callable[[Target], bytes]) -> Attack:
    """Return the attack that sends the same over and over, several at once."""

    async def attack(target: Target) -> None:
        made = raw(target)

        async def one() -> None:
            while True:
                with contextlib.suppress(OSError):
                    await target.send(made)

        await asyncio.gather(*(one() for _ in range(AT_ONCE)))

    attack.__doc__ = raw.__doc__
    return attack


def _body(target: Target, body: bytes, path: str = "/api/tasks", **headers: str) -> bytes:
    sent = {"Content_Length": str(len(body)), "Connection": "close", **headers}
    return target.head("POST", path, **sent) + body


def gzip_bomb(target: Target) -> bytes:
    """A body that unpacks to 200 MB."""
    return _body(target, gzip.compress(bytes(BOMB_BYTES)), Content_Encoding="gzip")


def deflate_bomb(target: Target) -> bytes:
    """The same, packed otherwise."""
    return _body(target, zlib.compress(bytes(BOMB_BYTES)), Content_Encoding="deflate")


def large_chunks(target: Target) -> bytes:
    """Five megabytes in chunks."""
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    return target.head(Transfer_Encoding="chunked", Connection="close") + chunk * 80 + b"0\r\n\r\n"


def unknown_fields(target: Target) -> bytes:
    """Sixty thousand fields that nobody knows."""
    return _body(target, json.dumps({f"channel{number}": 1 for number in range(60_000)}).encode())


def long_names(target: Target) -> bytes:
    """A few fields with very long names."""
    return _body(
        target, json.dumps({"c" * 200_000 + str(number): 1 for number in range(4)}).encode()
    )


def escaped_texts(target: Target) -> bytes:
    """A payload of a hundred thousand values that have to be cleaned one by one."""
    payload = {"task": "a", "payload": ["\0"] * 100_000}
    return _body(target, json.dumps(payload).encode())


def deep_nesting(target: Target) -> bytes:
    """A body nested half a million deep."""
    return _body(target, b'{"payload":' + b"[" * 500_000)


def many_numbers(target: Target) -> bytes:
    """A thousand numbers of a thousand digits."""
    numbers = ",".join(["9" * 1_000] * 900)
    return _body(target, f'{{"task":"a","payload":[{numbers}]}}'.encode())


def guessing(target: Target) -> bytes:
    """Tokens that are not good, a thousand on a connection."""
    wrong = Target(target.host, target.port, "eyJhbGciOiJIUzI1NiJ9.e30.x")
    return wrong.head("GET") * 1_000 + wrong.head("GET", Connection="close")


def false_signature(target: Target) -> bytes:
    """A megabyte with a signature that is none."""
    signed = {"webhook_id": "a", "webhook_timestamp": "1", "webhook_signature": "v1,AAAA"}
    stranger = Target(target.host, target.port)
    return _body(stranger, b"x" * MEGABYTE, "/api/slack/update", **signed)


ATTACKS: dict[str, Attack] = {
    "half_sent": half_sent,
    "dripping": dripping,
    "half_bodies": half_bodies,
    "connecting": connecting,
    "pipelining": pipelining,
    **{
        raw.__name__: _again(raw)
        for raw in (
            *(gzip_bomb, deflate_bomb, large_chunks, unknown_fields, long_names, escaped_texts),
            *(deep_nesting, many_numbers, guessing, false_signature),
        )
    },
}
#: What does harm only with a token; the others are tried without one.
WITH_TOKEN = ("unknown_fields", "long_names", "escaped_texts", "deep_nesting", "many_numbers")
#: These are tried both ways.
BOTH = ("gzip_bomb", "deflate_bomb", "large_chunks", "half_bodies", "pipelining")


async def attack_for(name: str, target: Target, seconds: float) -> None:
    """Attack for so long; say when it begins."""
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(seconds):
            await ATTACKS[name](target)


if __name__ == "__main__":
    name, host, port, seconds, *token = sys.argv[1:]
    asyncio.run(attack_for(name, Target(host, int(port), *token), float(seconds)))

"""Strangers get little time, little memory and no room that others need."""

import asyncio
import gzip
import json
import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import islice

import pytest

from bot.config_file import Http
from bot.http.connections import ConnectionLimits
from bot.http.server import HttpServer
from tests.bot.http.calling import ONE_DATABASE, token_for
from tests.patience import PATIENCE_SECONDS

pytestmark = ONE_DATABASE

POST = b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


def _gzip(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


BOMB = _gzip(bytes(50_000_000))


@dataclass
class Line:
    """A bare connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, raw: bytes) -> None:
        self.writer.write(raw)

    async def status(self) -> int:
        """Return the status of the next response, which is read whole; 0 at the end."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0
            length = [
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            ]
            await self.reader.readexactly(length[0] if length else 0)
            return int(head.split()[1])


@asynccontextmanager
async def serving(services, **limits):
    """A server with these limits, and what connects to it."""
    server = HttpServer(services, limits=ConnectionLimits(**limits))
    await server.start()
    lines = []

    async def connect():
        line = Line(*await asyncio.open_connection("127.0.0.1", server.port))
        lines.append(line)
        return line

    yield connect
    for line in lines:
        line.writer.close()
    await server.stop()


def headers(**given: str) -> bytes:
    return b"".join(
        f"{name.replace('_', '-')}: {value}\r\n".encode() for name, value in given.items()
    )


def bearer(subject: str = "ada") -> bytes:
    return headers(Authorization=f"Bearer {token_for(subject=subject)}")


async def test_a_half_sent_request_has_a_limited_time(services):
    """Half a line, half a header and nothing at all are closed; a caller who is done is not."""
    async with serving(services, head_seconds=0.5) as connect:
        done = await connect()
        done.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await done.status() == 200
        for half in (b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b"):
            line = await connect()
            line.send(half)
            assert await line.status() == 0
        done.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await done.status() == 200


async def test_a_letter_a_second_wins_no_time(services):
    """The headers as a whole have a time, not each piece of them."""
    async with serving(services, head_seconds=0.5) as connect:
        line = await connect()
        line.send(b"GET /healthz HTTP/1.1\r\n")

        async def drip():
            while not line.writer.is_closing():
                line.send(b"X: a\r\n")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        assert await line.status() == 0
        dripping.cancel()


async def test_an_idle_connection_is_closed(services):
    """Between two requests, too, the time is limited."""
    async with serving(services, idle_seconds=0.5) as connect:
        line = await connect()
        line.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await line.status() == 200
        assert await line.status() == 0


async def test_three_hundred_strangers_take_nobody_elses_room(services):
    """Those that came first are closed first, new callers are served, and known ones stay."""
    async with serving(services, strangers=50, grace_seconds=0.2) as connect:
        known = await connect()
        ask = b"GET /api/tasks HTTP/1.1\r\nHost: a\r\n" + bearer() + b"\r\n"
        known.send(ask)
        assert await known.status() == 200
        strangers = [await connect() for _ in range(300)]
        for line in strangers:
            line.send(b"POST /api/tasks HTTP/1.1\r\nHost:")

        closed = await asyncio.gather(*(line.status() for line in strangers[:250]))
        known.send(ask)
        new = await connect()
        new.send(ask)

        assert closed == [0] * 250
        assert (await known.status(), await new.status()) == (200, 200)


async def test_one_address_has_less_than_all_of_it(services):
    """A single machine takes a part of the strangers' room only."""
    async with serving(
        services, strangers=50, strangers_of_one_address=10, grace_seconds=0.2
    ) as connect:
        lines = [await connect() for _ in range(30)]
        closed = await asyncio.gather(*(line.status() for line in lines[:20]))
        assert closed == [0] * 20
        lines[-1].send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await lines[-1].status() == 200


async def test_there_is_an_end_to_all_connections(services):
    """Beyond that a new one is closed at once, and there is room again when another leaves."""
    async with serving(services, connections=5) as connect:
        lines = [await connect() for _ in range(5)]
        lines[0].send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await lines[0].status() == 200
        assert await (await connect()).status() == 0
        lines[1].writer.close()
        await lines[1].writer.wait_closed()
        async with asyncio.timeout(PATIENCE_SECONDS):
            status = 0
            while status == 0:
                line = await connect()
                line.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                status = await line.status()
        assert status == 200


async def test_idle_connections_of_one_token_keep_nobody_out(services):
    """Where all connections are taken, the one that rests the longest makes room."""
    async with serving(services, connections=5) as connect:
        ask = b"GET /api/tasks HTTP/1.1\r\nHost: a\r\n" + bearer() + b"\r\n"
        lines = [await connect() for _ in range(5)]
        for line in lines:
            line.send(ask)
            assert await line.status() == 200

        new = await connect()
        new.send(ask)
        lines[1].send(ask)

        assert [await one.status() for one in (new, lines[0], lines[1])] == [200, 0, 200]


async def test_half_sent_bodies_of_one_token_keep_nobody_out(services):
    """Only so many bodies of one token are read at once; others are served meanwhile."""
    config = services.settings.config.model_copy(update={"http": Http(concurrent_requests=2)})
    settings = services.settings.model_copy(update={"config": config})
    async with serving(replace(services, settings=settings), connections=8) as connect:
        half = POST + bearer() + headers(Content_Length="100") + b"\r\n{"
        lines = [await connect() for _ in range(6)]
        for line in lines:
            line.send(half)
        asked = [asyncio.create_task(line.status()) for line in lines]
        refused = [await first for first in islice(asyncio.as_completed(asked), 2)]
        other = await connect()
        other.send(b"GET /api/tasks HTTP/1.1\r\nHost: a\r\n" + bearer("ben") + b"\r\n")

        assert await other.status() == 200
        assert (refused, sum(one.done() for one in asked)) == ([429, 429], 2)
        for one in asked:
            one.cancel()


@pytest.mark.parametrize(
    "sent",
    [
        headers(Content_Length="1000000"),
        headers(Content_Length="9000000000"),
        headers(Transfer_Encoding="chunked"),
        headers(Content_Length="1000000", Content_Encoding="gzip"),
        headers(Content_Length="1000000", Expect="100-continue"),
    ],
    ids=["length", "huge", "chunked", "gzip", "expect"],
)
@pytest.mark.parametrize("authorization", [b"", headers(Authorization="Bearer guess")])
async def test_a_stranger_is_refused_before_the_body(services, sent, authorization):
    """Nothing of the body is waited for or asked for: the headers are enough to say no."""
    async with serving(services) as connect:
        line = await connect()
        line.send(POST + sent + authorization + b"\r\n")
        assert await line.status() == 401


async def test_a_stranger_reads_why_although_much_is_on_its_way(services):
    """A body that is being sent is thrown away for a while, so that the response arrives."""
    async with serving(services) as connect:
        line = await connect()
        line.send(POST + headers(Content_Length="800000") + b"\r\n" + bytes(800_000))
        assert await line.status() == 401


async def test_who_is_let_in_is_asked_for_the_body(services):
    """`Expect: 100-continue` of a good token is answered, and the body taken."""
    body = b'{"task": "a"}'
    async with serving(services) as connect:
        line = await connect()
        line.send(
            POST
            + bearer()
            + headers(Content_Length=str(len(body)), Expect="100-continue")
            + b"\r\n"
        )
        assert await line.status() == 100
        line.send(body)
        assert await line.status() == 201


async def test_what_else_is_expected_is_refused(services):
    """Only one thing can be expected."""
    async with serving(services) as connect:
        line = await connect()
        line.send(POST + bearer() + headers(Content_Length="0", Expect="200-ok") + b"\r\n")
        assert await line.status() == 417


async def test_pipelined_requests_are_answered_in_order(services):
    """A thousand in one piece: each has its response, and the one after them, too."""
    async with serving(services) as connect:
        line = await connect()
        line.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 1_000)
        line.send(b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
        assert [await line.status() for _ in range(1_001)] == [200] * 1_000 + [404]


async def test_who_does_not_read_is_closed(services):
    """Responses that nobody takes are not kept for good."""
    async with serving(services, unread_seconds=0.5) as connect:
        line = await connect()
        line.writer.transport.pause_reading()

        async def ask_for_ever():
            while True:
                line.send(b"GET /api/docs HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
                await line.writer.drain()
                await asyncio.sleep(0.02)

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(ask_for_ever(), PATIENCE_SECONDS)


@pytest.mark.parametrize(
    ("encoding", "packed", "status"),
    [
        ("gzip", _gzip(b'{"task": "a"}'), 201),
        ("x-gzip", _gzip(b'{"task": "a"}'), 201),
        ("GZIP", _gzip(b'{"task": "a"}'), 201),
        ("deflate", zlib.compress(b'{"task": "a"}'), 201),
        ("deflate", zlib.compress(b'{"task": "a"}', wbits=-15), 201),
        ("identity", b'{"task": "a"}', 201),
        ("gzip", BOMB, 413),
        ("deflate", zlib.compress(bytes(50_000_000)), 413),
        ("gzip", BOMB[:1_000], 400),
        ("gzip", b"no gzip", 400),
        ("gzip", _gzip(b"{}") * 2, 400),
        ("deflate", b"x", 400),
        ("br", b"\x0b\x06\x80", 415),
        ("zstd", b"(\xb5/\xfd", 415),
        ("gzip, gzip", _gzip(_gzip(b"{}")), 415),
    ],
)
async def test_a_packed_body_is_read_if_it_is_small(client, encoding, packed, status):
    """What unpacks to more than the limit is refused when the limit is reached."""
    reply = await client.post(
        "/api/tasks",
        data=packed,
        headers={"Content-Type": "application/json", "Content-Encoding": encoding},
        skip_auto_headers=["Content-Encoding"],
    )
    assert reply.status == status


async def test_thousands_of_unknown_fields_are_refused_at_once(client):
    """The first few are named, with the nearest names; the rest is counted."""
    many = json.dumps({f"allowed_channel{number}": 1 for number in range(20_000)})
    some = {f"channel{number}": 1 for number in range(60)}
    client.token = token_for("default", "templates:write")
    call = {"headers": {"Content-Type": "application/json"}}

    reply = await client.call("PUT", "/api/senders/x", data=many, **call)
    few = await client.call("PUT", "/api/senders/x", some)

    assert (reply.status, len(reply.body["details"])) == (422, 1)
    assert (few.status, len(few.body["details"])) == (422, 20)
    assert few.body["message"].endswith("did you mean `channel`? (and 59 more).")

"""Who may call what."""

import asyncio
import dataclasses

import aiohttp
import jwt
import pytest

from bot.http.server import HttpServer
from bot.tokens import Tokens
from tests.bot.http.calling import JWT_SECRET, ONE_DATABASE, Client, HandClock, token_for

pytestmark = ONE_DATABASE

NOW = HandClock().now().timestamp()
CLAIMS = {"sub": "ada", "tenant": "default", "scope": "tasks:read", "exp": NOW + 60}


def signed(secret: str = JWT_SECRET, **claims: object) -> str:
    return jwt.encode({**CLAIMS, **claims}, secret, algorithm="HS256")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer nonsense",
        "Bearer a.b.c",
        "Bearer \xe9\xe9",
        f"Bearer {signed(exp=NOW - 60)}",
        f"Bearer {signed(secret='another secret, long enough as well')}",
        f"Bearer {signed(tenant='')}",
        f"Bearer {signed(tenant=['default'])}",
        f"Bearer {signed(scope=['tasks:read'])}",
        f"Bearer {jwt.encode(CLAIMS, '', algorithm='none')}",
        f"Bearer {jwt.encode({'sub': 'ada', 'tenant': 'default'}, JWT_SECRET)}",
    ],
)
async def test_without_an_accepted_token_nothing_is_told(client, header):
    """
    Missing, malformed, expired, foreign and unsigned tokens are all refused with a challenge.
    """
    headers = {} if header is None else {"Authorization": header}

    reply = await client.get("/api/tasks", token=None, headers=headers)

    assert (reply.status, reply.body["error"]) == (401, "unauthorized")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer ")


async def test_a_missing_scope_is_named(client):
    """
    The refusal says which scope to ask for.
    """
    reply = await client.post("/api/tasks", {"task": "a"}, token=token_for("default", "tasks:read"))

    assert (reply.status, reply.body["error"]) == (403, "forbidden")
    assert "`tasks:write`" in reply.body["message"]


async def test_an_admin_needs_no_other_scope(client):
    """
    `admin` implies all scopes.
    """
    reply = await client.post("/api/tasks", {"task": "a"}, token=token_for("default", "admin"))

    assert reply.status == 201


async def test_without_a_secret_the_api_says_what_to_set(services):
    """
    With no way to check tokens the API is unavailable, and everything public still answers.
    """
    server = HttpServer(dataclasses.replace(services, tokens=None))
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = Client(session, f"http://127.0.0.1:{server.port}", token_for())
        reply = await client.get("/api/tasks")
        alive = await client.get("/healthz", token=None)
        unsigned = await client.post("/api/slack/update", {"status": "running"}, token=None)
    await server.stop()

    assert (reply.status, reply.body["error"]) == (503, "unavailable")
    assert "JWT_SECRET" in reply.body["message"]
    assert (alive.status, unsigned.status) == (200, 401)


async def test_a_token_is_wanted_before_a_body_is_read(client):
    """
    A stranger's broken body is not even looked at.
    """
    reply = await client.post("/api/tasks", token=None, data=b"{")

    assert reply.status == 401


async def test_a_token_of_stray_bytes_is_no_token(server):
    """
    Bytes that no client library would send are refused like any other nonsense.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"GET /api/tasks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Authorization: Bearer \xff.\xff.\xff\r\n\r\n"
    )
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert b" 401 " in status


def token_of_another_bot(seconds_ahead: float) -> str:
    """Return a callback token of task `i-1`, minted by a bot whose clock is so far ahead."""
    clock = HandClock()
    clock.pass_by(seconds=seconds_ahead)
    return Tokens(JWT_SECRET, clock).mint(
        subject="task:i-1",
        tenant="default",
        scopes=frozenset({"tasks:write"}),
        task_id="i-1",
    )


@pytest.mark.parametrize("seconds_ahead", [-60, -3, 3, 60])
async def test_bots_whose_clocks_differ_accept_each_others_tokens(client, seconds_ahead):
    """
    Of two bots on one database, one mints the callback token and the other reads it.
    """
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "running"})

    token = token_of_another_bot(seconds_ahead)
    reply = await client.post("/api/tasks/i-1/heartbeat", token=token)

    assert (reply.status, reply.body["outcome"]) == (200, "applied")


async def test_a_clock_that_is_an_hour_off_is_named(client):
    """
    The refusal says by how much the clocks differ, and what to do.
    """
    token = token_of_another_bot(3540)
    reply = await client.post("/api/tasks/i-1/heartbeat", token=token)

    assert (reply.status, reply.body["message"]) == (
        401,
        "The token is not accepted: issued 3,540 s in the future: "
        "compare the clocks of the two machines.",
    )

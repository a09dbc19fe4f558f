"""What surrounds every request."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
import structlog

from bot.config_file import Http
from bot.errors import UserError
from bot.http.route_types import Access, Call, Response, Route
from bot.http.routes import ROUTES
from bot.http.server import HttpServer
from tests.bot.http.calling import ONE_DATABASE, Client, token_for

pytestmark = ONE_DATABASE


async def test_a_correlation_id_is_taken_over_and_stored(client):
    """
    The id comes back, and stands on the task that the request made.
    """
    headers = {"X-Correlation-Id": "order 66/a"}
    reply = await client.post("/api/tasks", {"task": "a", "taskId": "t"}, headers=headers)

    assert reply.headers["X-Correlation-Id"] == "order 66/a"
    assert (await client.get("/api/tasks/t")).body["correlationId"] == "order 66/a"


@pytest.mark.parametrize("given", ["", "x" * 129, "é", " ", "a\tb"])
async def test_an_unusable_correlation_id_is_replaced(client, given):
    """
    Only 1 to 128 printable characters are taken over.
    """
    reply = await client.get("/healthz", headers={"X-Correlation-Id": given})

    assert reply.headers["X-Correlation-Id"].startswith("c_")


async def test_a_header_cannot_be_smuggled_in(server):
    """
    Bytes of somebody's own making on the wire never end up as a header of the answer.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"X-Correlation-Id: a\rSet-Cookie: b=c\r\n\r\n"
    )
    raw = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert b"\r\nset-cookie" not in raw.lower()
    assert b"\rset-cookie" not in raw.lower().split(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api/tasks/", 404, "not_found"),
        ("GET", "/api/tasks/a/b/c", 404, "not_found"),
        ("DELETE", "/api/tasks", 405, "method_not_allowed"),
        ("PUT", "/healthz", 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_served_is_refused_as_json(client, method, path, status, code):
    """
    Even an address nobody knows is answered in the shape of every refusal.
    """
    reply = await client.call(method, path)

    assert (status, code, []) == (reply.status, reply.body["error"], reply.body["details"])
    assert ("Allow" in reply.headers) == (status == 405)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/tasks", "GET,HEAD,POST"),
        ("/api/tasks/a", "GET,HEAD"),
        ("/api/tasks/a/retry", "POST"),
        ("/api/messages/request", "POST"),
        ("/api/messages/dead", "GET,HEAD"),
        ("/api/messages/a", "DELETE,GET,HEAD"),
        ("/api/messages/dead/replay", "POST"),
        ("/api/senders/a", "GET,HEAD,PUT"),
        ("/healthz", "GET,HEAD"),
    ],
)
async def test_allow_names_the_methods_of_this_address_alone(client, path, allowed):
    """
    An address that looks like another line of the table has not got that one's methods.
    """
    reply = await client.call("PATCH", path)

    assert (reply.status, reply.headers["Allow"]) == (405, allowed)


async def test_a_list_is_not_taken_for_a_message(client):
    """
    There is no message called `request` to be looked at: that address only takes requests.
    """
    reply = await client.get("/api/messages/request", token=token_for("default", "messages:read"))

    assert (reply.status, reply.headers["Allow"]) == (405, "POST")


async def test_a_request_leaves_one_line_without_body_or_token(client):
    """
    The log has the route's template, not the address, and nothing that was sent.
    """
    with structlog.testing.capture_logs() as logs:
        await client.post(
            "/api/tasks/very-secret/retry",
            {"reason": "hidden"},
            headers={"X-Correlation-Id": "c-1"},
        )

    (line,) = [line for line in logs if line["event"] == "http_request"]
    assert {
        "event": "http_request",
        "log_level": "debug",
        "method": "POST",
        "route": "/api/tasks/{id}/retry",
        "status": 404,
        "milliseconds": line["milliseconds"],
        "correlation_id": "c-1",
    } == line
    assert "very-secret" not in repr(logs)
    assert "hidden" not in repr(logs)


async def break_down(call: Call) -> Response:
    """Fail in a way nobody foresaw."""
    raise RuntimeError("the password is hunter2")


async def refuse(call: Call) -> Response:
    """Refuse without a kind."""
    raise UserError("No.")


async def see_correlation(call: Call) -> Response:
    """Show what log lines would carry."""
    return Response(structlog.contextvars.get_contextvars())


@pytest.fixture
async def fragile(services):
    """A client of a server with three more routes."""
    more = [
        Route("GET", f"/{handler.__name__}", handler, "", "", access=Access.PUBLIC)
        for handler in (break_down, refuse, see_correlation)
    ]
    server = HttpServer(services, (*ROUTES, *more))
    await server.start()
    async with aiohttp.ClientSession() as session:
        yield Client(session, f"http://127.0.0.1:{server.port}", token_for())
    await server.stop()


async def test_a_mistake_of_ours_is_logged_with_an_id_and_hidden(fragile):
    """
    The caller gets the id under which the log tells everything.
    """
    with structlog.testing.capture_logs() as logs:
        reply = await fragile.get("/break_down")

    (line,) = [line for line in logs if line["event"] == "http_request_failed"]
    assert (reply.status, reply.body["error"]) == (500, "internal")
    assert line["error_id"] in reply.body["message"]
    assert "hunter2" not in reply.text
    assert line["route"] == "/break_down"


async def test_any_refusal_is_answered_as_one(fragile):
    """
    A refusal of no particular kind is the caller's to mend.
    """
    reply = await fragile.get("/refuse")

    assert (reply.status, reply.body["error"], reply.body["message"]) == (422, "refused", "No.")


async def test_log_lines_carry_the_correlation_id(fragile):
    """
    Whatever is logged while a request is served can be found by its id, and not afterwards.
    """
    reply = await fragile.get("/see_correlation", headers={"X-Correlation-Id": "c-1"})

    assert reply.body == {"correlation_id": "c-1"}
    assert structlog.contextvars.get_contextvars() == {}


@pytest.fixture
async def limited(services, client):
    """The same caller at a server that takes ten requests a second, and twenty at once."""
    config = services.settings.config.model_copy(
        update={"http": Http(requests_per_second=10, burst=20)}
    )
    settings = services.settings.model_copy(update={"config": config})
    server = HttpServer(replace(services, settings=settings))
    await server.start()
    yield Client(client.session, f"http://127.0.0.1:{server.port}", client.token)
    await server.stop()


async def test_too_many_requests_are_told_when_to_come_back(limited, clock):
    """
    One caller's burst is limited; another caller, and the same one a little later, go on.
    """
    replies = [await limited.get("/api/health") for _ in range(21)]
    ben = await limited.get("/api/health", token=token_for(subject="ben"))
    clock.pass_by(seconds=1)
    later = await limited.get("/api/health")

    assert {200} == {reply.status for reply in replies[:-1]}
    assert (
        replies[-1].status,
        replies[-1].body["error"],
        replies[-1].headers["Retry-After"],
    ) == (429, "rate_limited", "1")
    assert (ben.status, later.status) == (200, 200)


async def test_tokens_of_one_person_share_a_limit(limited):
    """
    Whoever has many tokens may not call more often.
    """
    tokens = [token_for(days=days) for days in range(1, 22)]
    replies = [await limited.get("/api/health", token=token) for token in tokens]

    assert [reply.status for reply in replies] == [200] * 20 + [429]


async def test_progress_leaves_room_for_the_end(limited):
    """
    A caller that reports too often is refused its progress first; the end still goes through.
    """
    await limited.post("/api/tasks", {"task": "a", "taskId": "t", "status": "running"})
    report = {"taskId": "t", "status": "running"}
    progress = [await limited.post("/api/slack/update", report) for _ in range(30)]
    end = await limited.post("/api/slack/update", {"taskId": "t", "status": "completed"})

    assert [reply.status for reply in progress] == [200] * 17 + [429] * 13
    assert (end.status, end.body["outcome"]) == (200, "applied")


async def test_guessing_tokens_is_limited_by_address(client):
    """
    Nobody tries tokens without end.
    """
    replies = [await client.get("/api/tasks", token="guess") for _ in range(201)]

    assert (replies[0].status, replies[-1].status) == (401, 429)

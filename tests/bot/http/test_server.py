"""Binding and stopping."""

import asyncio
import socket

import aiohttp
import pytest

from bot.errors import ConfigError
from bot.http.route_types import Access, Call, Response, Route
from bot.http.server import HttpServer
from tests.bot.http.calling import ONE_DATABASE
from tests.patience import PATIENCE_SECONDS

pytestmark = ONE_DATABASE


async def test_a_busy_port_is_named_with_the_fix(services):
    """
    The start stops with one sentence that names PORT; nothing is left open.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        object.__setattr__(services.settings, "port", taken.getsockname()[1])

        with pytest.raises(ConfigError, match=r"^PORT: \d+ on 127.0.0.1 is in use"):
            await HttpServer(services).start()


async def test_an_address_that_is_not_ours_is_named(services):
    """
    A host that cannot be bound is a matter of HOST.
    """
    object.__setattr__(services.settings, "host", "192.0.2.1")

    with pytest.raises(ConfigError, match=r"^HOST: cannot listen on 192.0.2.1"):
        await HttpServer(services).start()


async def test_a_request_in_flight_is_finished(services):
    """
    Stopping takes no new connections and answers those who were already asking.
    """
    started = asyncio.Event()

    async def take_time(call: Call) -> Response:
        """Answer after a while."""
        started.set()
        await asyncio.sleep(0.2)
        return Response({"done": True})

    server = HttpServer(services, [Route("GET", "/slow", take_time, "", "", Access.PUBLIC)])
    await server.start()
    url = f"http://127.0.0.1:{server.port}/slow"
    async with aiohttp.ClientSession() as session:
        asking = asyncio.create_task(session.get(url))
        await started.wait()
        await asyncio.wait_for(server.stop(), PATIENCE_SECONDS)
        response = await asking
        assert await response.json() == {"done": True}

        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)


async def test_stopping_what_never_started_is_fine(services):
    """
    A start that failed half-way is stopped like any other.
    """
    await HttpServer(services).stop()


async def test_what_is_no_http_is_answered_and_not_logged(services, caplog):
    """
    A header of any length is refused; the log does not repeat it, for it may be a token.
    """
    server = HttpServer(services)
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\nAuthorization: Bearer " + b"s3cret" * 2_000 + b"\r\n\r\n")
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    await server.stop()

    assert b" 400 " in status
    assert "s3cret" not in caplog.text

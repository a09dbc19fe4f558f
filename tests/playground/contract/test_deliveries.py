"""Rule: Socket Mode: hello, pings, one of up to ten sockets, three seconds, retries, refresh."""

from contextlib import AsyncExitStack

import aiohttp
import pytest
from slack_playground import Playground
from slack_playground.config import PlaygroundConfig

from tests.playground.wire import Api, Caller, connect


async def test_hello_counts_the_sockets(api: Api) -> None:
    """Each socket is told how many there are and for which app."""
    async with connect(api) as first, connect(api) as second:
        assert [one.hello["num_connections"] for one in (first, second)] == [1, 2]
        assert first.hello["connection_info"]["app_id"] == api.playground.state.app_id


async def test_the_eleventh_socket_is_one_too_many(api: Api) -> None:
    """It is told so and closed; the ten stay."""
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(connect(api))
        async with api.session.ws_connect(await api.socket_url()) as ws:
            assert (await ws.receive_json())["reason"] == "too_many_websockets"
            assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
        assert api.playground.connected == 10


async def test_a_ticket_opens_one_socket(api: Api) -> None:
    """A second use of the address fails before the handshake."""
    url = await api.socket_url()
    async with api.session.ws_connect(url):
        try:
            async with api.session.ws_connect(url):
                status = 101
        except aiohttp.WSServerHandshakeError as refused:
            status = refused.status
    assert status == 408


async def test_every_socket_gets_some(playground: Playground, api: Api) -> None:
    """Each envelope goes to exactly one, and over time to all."""
    async with AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(connect(api)) for _ in range(4)]
        for _ in range(60):
            await playground.run_command("ada", "ops", "/ops")
        counts = [len(one.envelopes) for one in callers]
    assert sum(counts) == 60
    assert all(counts)


async def test_slack_waits_three_seconds() -> None:
    """The defaults are Slack's: 3 s, then at once, one and five minutes."""
    config = PlaygroundConfig()
    assert (config.ack_seconds, config.trigger_seconds) == (3.0, 3.0)
    assert config.retry_delays == (0.0, 60.0, 300.0)


@pytest.mark.usefixtures("impatient")
async def test_an_unanswered_event_comes_three_times_more(
    playground: Playground, app: Caller
) -> None:
    """With the same event_id, a count and a reason."""
    app.is_silent = True
    playground.write("ada", "ops", "hello")
    await playground.wait_for(lambda: len(app.envelopes) == 4)
    assert [one["retry_attempt"] for one in app.envelopes] == [0, 1, 2, 3]
    assert [one["retry_reason"] for one in app.envelopes] == ["", *["timeout"] * 3]
    assert len({one["payload"]["event_id"] for one in app.envelopes}) == 1


@pytest.mark.usefixtures("impatient")
async def test_an_unanswered_command_fails_once(playground: Playground, app: Caller) -> None:
    """People see operation_timeout; nothing is sent again."""
    app.is_silent = True
    outcome = await playground.run_command("ada", "ops", "/ops")
    await playground.wait_for(lambda: app.envelopes)
    assert (outcome.error, len(app.envelopes)) == ("operation_timeout", 1)


async def test_without_a_socket_dispatch_fails(playground: Playground) -> None:
    """Nobody was there to ask."""
    outcome = await playground.run_command("ada", "ops", "/ops")
    assert outcome.error == "dispatch_failed"


async def test_what_happened_meanwhile_comes_as_a_retry() -> None:
    """An event without a socket waits for one."""
    async with Playground(limits="off") as playground, Api(playground) as api:
        async with connect(api):
            """The app was here once, so events are meant for it."""
        await playground.wait_for(lambda: not playground.connected)
        playground.write("ada", "ops", "missed")
        await playground.wait_for(lambda: len(playground.envelopes()) == 2)
        async with connect(api) as caller:
            playground.advance(60)
            await playground.wait_for(lambda: caller.events("message"))
    assert caller.envelopes[0]["retry_attempt"] == 2


async def test_a_refresh_is_announced(playground: Playground, app: Caller) -> None:
    """First a warning, then the request to reconnect, then the end."""
    await playground.upset_sockets("disconnect", seconds=0.01)
    await playground.wait_for(lambda: app.ws.closed)
    reasons = [frame["reason"] for frame in app.frames if frame["type"] == "disconnect"]
    assert reasons == ["warning", "refresh_requested"]


async def test_pings_are_answered(app: Caller) -> None:
    """With the payload they came with: the SDK compares it."""
    await app.ws.ping(b"sdk-ping-pong:1")
    assert not app.ws.closed

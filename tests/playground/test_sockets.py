import asyncio
from typing import Any

import aiohttp
import pytest
from slack_playground import HandClock, Playground
from slack_playground.errors import PageError

from tests.patience import PATIENCE_SECONDS
from tests.playground.conftest import be_patient
from tests.playground.wire import ADA, Api, Caller, connect


async def test_a_socket_is_greeted(playground: Playground, app: Caller) -> None:
    """hello names the app and how many sockets it has."""
    assert app.hello["type"] == "hello"
    assert app.hello["num_connections"] == 1
    assert app.hello["connection_info"] == {"app_id": playground.state.app_id}
    assert app.hello["debug_info"]["approximate_connection_time"] > 0


async def test_a_ticket_opens_one_socket(api: Api, clock: HandClock) -> None:
    """A used, stale or invented ticket is answered with 408, as Slack does."""
    used, stale = await api.socket_url(), await api.socket_url()
    async with api.session.ws_connect(used):
        pass
    invented = f"{stale.partition('?')[0]}?ticket=none"
    for url in (used, invented, stale):
        if url == stale:
            clock.advance(61)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await api.session.ws_connect(url)
        assert refused.value.status == 408


async def test_an_envelope_has_slacks_shape(playground: Playground, app: Caller) -> None:
    """A command comes as one envelope that takes an answer."""
    assert (await playground.run_command("ada", "ops", "/ops help")).ok
    (frame,) = app.envelopes
    assert set(frame) == {"envelope_id", "payload", "type", "accepts_response_payload"}
    assert (frame["type"], frame["accepts_response_payload"]) == ("slash_commands", True)


async def test_an_event_tells_its_retries(playground: Playground, app: Caller) -> None:
    """The first delivery of an event is attempt 0 without a reason, and takes no answer."""
    playground.open_home("ada")
    await playground.wait_for(lambda: app.envelopes)
    (frame,) = app.envelopes
    assert (frame["retry_attempt"], frame["retry_reason"]) == (0, "")
    assert (frame["type"], frame["accepts_response_payload"]) == ("events_api", False)


async def test_pings_are_answered_with_their_payload(api: Api) -> None:
    """The SDK takes a socket for dead unless its PONG echoes the PING."""
    async with api.session.ws_connect(await api.socket_url(), autoping=False) as ws:
        await ws.receive_json()
        await ws.ping(b"sdk-ping-pong:1")
        pong = await ws.receive(timeout=PATIENCE_SECONDS)
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


async def test_a_deaf_socket_answers_no_ping(playground: Playground, api: Api) -> None:
    """This is how a client notices that its socket went deaf."""
    async with api.session.ws_connect(await api.socket_url(), autoping=False) as ws:
        await ws.receive_json()
        await playground.upset_sockets("deaf")
        await ws.ping(b"sdk-ping-pong:1")
        with pytest.raises(TimeoutError):
            await ws.receive(timeout=0.1)


async def test_each_envelope_goes_to_one_socket(playground: Playground, api: Api) -> None:
    """Two sockets share the work; nothing arrives twice."""
    async with connect(api) as first, connect(api) as second:
        assert second.hello["num_connections"] == 2
        for _ in range(30):
            assert (await playground.run_command("ada", "ops", "/ops")).ok
        assert len(first.envelopes) + len(second.envelopes) == 30
        assert first.envelopes
        assert second.envelopes


async def test_the_eleventh_socket_is_turned_away(playground: Playground, api: Api) -> None:
    """Ten sockets per app; the next is told too_many_websockets and closed."""
    sockets = [await api.session.ws_connect(await api.socket_url()) for _ in range(10)]
    for ws in sockets:
        assert (await ws.receive_json())["type"] == "hello"
    async with api.session.ws_connect(await api.socket_url()) as extra:
        frame = await extra.receive_json()
        assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
        assert (await extra.receive()).type is aiohttp.WSMsgType.CLOSE
    assert playground.connected == 10
    await asyncio.gather(*(ws.close() for ws in sockets))


async def test_a_refresh_warns_and_then_disconnects(playground: Playground, app: Caller) -> None:
    """`disconnect` is announced first and then carried out."""
    await playground.upset_sockets("disconnect")
    await playground.wait_for(lambda: app.ws.closed)
    reasons = [frame["reason"] for frame in app.frames]
    assert reasons == ["warning", "refresh_requested"]
    assert playground.connected == 0


async def test_no_socket_means_dispatch_failed(playground: Playground) -> None:
    """Without an app a command fails at once."""
    assert (await playground.run_command("ada", "ops", "/ops")).error == "dispatch_failed"


@pytest.mark.usefixtures("impatient")
async def test_silence_means_operation_timeout(playground: Playground, app: Caller) -> None:
    """An app that does not acknowledge in time has failed the command."""
    app.is_silent = True
    assert (await playground.run_command("ada", "ops", "/ops")).error == "operation_timeout"


async def test_nonsense_on_a_socket_is_ignored(playground: Playground, app: Caller) -> None:
    """What is no acknowledgement does not break the socket it came over."""
    for text in ("{", "[]", '"x"', "{}", '{"envelope_id": "none"}'):
        await app.ws.send_str(text)
    assert (await playground.run_command("ada", "ops", "/ops")).ok


@pytest.mark.usefixtures("impatient")
async def test_a_late_acknowledgement_changes_nothing(playground: Playground, app: Caller) -> None:
    """What comes after the time is ignored, also for the next envelope."""
    app.is_silent = True
    await playground.run_command("ada", "ops", "/ops")
    await playground.wait_for(lambda: app.envelopes)
    await app.acknowledge(app.envelopes[0])
    app.is_silent = False
    be_patient(playground)
    assert (await playground.run_command("ada", "ops", "/ops")).ok


@pytest.mark.usefixtures("impatient")
async def test_a_deaf_socket_swallows_everything(playground: Playground, app: Caller) -> None:
    """It stays open, yet nothing arrives and no ping is answered."""
    await playground.upset_sockets("deaf")
    assert (await playground.run_command("ada", "ops", "/ops")).error == "operation_timeout"
    assert app.envelopes == []
    assert playground.connected == 1


async def test_sockets_are_upset_over_http(playground: Playground, api: Api, app: Caller) -> None:
    """A test in another process can close sockets too."""
    assert (await api.page("sockets", kind="close"))["connected"] == 0
    await playground.wait_for(lambda: app.ws.closed)
    assert (await api.page("sockets", kind="melt"))["error"] == "unknown_kind"


async def test_an_acknowledgement_may_come_over_another_socket(
    playground: Playground, api: Api
) -> None:
    """After a refresh, what is in flight is acknowledged on the new socket."""
    async with connect(api) as first:
        first.is_silent = True
        command = asyncio.create_task(playground.run_command("ada", "ops", "/ops"))
        await playground.wait_for(lambda: first.envelopes)
        async with connect(api) as second:
            await second.acknowledge(first.envelopes[0])
            assert (await command).ok


async def test_the_journal_keeps_envelopes(playground: Playground, api: Api, app: Caller) -> None:
    """Each delivery is logged with what became of it."""
    answer: dict[str, Any] = {"text": "done"}
    app.says = lambda payload: answer
    await playground.run_command("ada", "ops", "/ops")
    (envelope,) = playground.envelopes("slash_commands")
    assert (envelope.outcome, envelope.answer) == ("acknowledged", answer)
    logged = await api.read("envelopes", type="slash_commands")
    assert logged["envelopes"][0]["envelope_id"] == envelope.envelope_id


async def test_a_socket_for_debugging_lives_six_minutes(
    api: Api, playground: Playground, clock: HandClock
) -> None:
    """`debug_reconnects` brings the warning and the refresh that else come after hours."""
    address = f"{await api.socket_url()}&debug_reconnects=true"
    async with api.session.ws_connect(address) as ws:
        hello = await ws.receive_json()
        assert hello["debug_info"]["approximate_connection_time"] == 360
        clock.advance(351)
        assert (await ws.receive_json())["reason"] == "warning"
        assert playground.connected == 1
        clock.advance(10)
        assert (await ws.receive_json())["reason"] == "refresh_requested"
        await playground.wait_for(lambda: playground.connected == 0)


async def test_nobody_is_answered_after_a_reset(playground: Playground, app: Caller) -> None:
    """
    What a command was waiting for when the workspace was reset is not told in the new one.

    A notice that nobody had answered once came to a person who had asked for nothing yet.
    """
    app.is_silent = True
    with playground.workspace.feed.listen(ADA) as page:
        asked = asyncio.create_task(playground.run_command("ada", "ops", "/ops"))
        await playground.wait_for(lambda: app.envelopes)
        playground.reset()
        with pytest.raises(PageError, match="reset meanwhile"):
            await asked

    assert [page.queue.get_nowait()["type"] for _ in range(page.queue.qsize())] == ["state"]

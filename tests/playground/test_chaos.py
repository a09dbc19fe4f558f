"""Ordered failures of sockets and envelopes, and the list a panel draws."""

from typing import Any

import aiohttp
import pytest
from slack_playground import Playground
from slack_playground.errors import PageError
from slack_playground.faults import read_fault

from tests.playground.wire import Api, Caller, connect


async def reasons(api: Api) -> list[str]:
    """Open a socket and return why it was disconnected, if it was."""
    async with api.session.ws_connect(await api.socket_url()) as ws:
        frames = [await ws.receive() for _ in range(2)]
    texts = [one.json() for one in frames if one.type is aiohttp.WSMsgType.TEXT]
    return [one["reason"] for one in texts if one["type"] == "disconnect"]


@pytest.mark.parametrize("kind", ["too_many_websockets", "link_disabled"])
async def test_a_socket_is_turned_away(playground: Playground, api: Api, kind: Any) -> None:
    """Once; the next one stays."""
    playground.fail("socket", kind)
    assert await reasons(api) == [kind]
    async with connect(api) as app:
        assert app.hello["type"] == "hello"


async def test_a_socket_is_refused(playground: Playground, api: Api) -> None:
    """The handshake fails, the ticket is used up."""
    playground.fail("socket", "refuse")
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await reasons(api)


async def test_a_socket_is_refreshed_after_a_while(playground: Playground, api: Api) -> None:
    """Warned as it opens, dismissed later."""
    playground.fail("socket", "disconnect", seconds=0.02)
    async with connect(api) as app:
        await playground.wait_for(lambda: app.ws.closed)
    told = [frame["reason"] for frame in app.frames if frame["type"] == "disconnect"]
    assert told == ["warning", "refresh_requested"]


@pytest.mark.usefixtures("impatient")
async def test_a_socket_goes_deaf(playground: Playground, api: Api) -> None:
    """It stays open and hears nothing."""
    playground.fail("socket", "deaf", seconds=0)
    async with connect(api) as app:
        await playground.wait_for(lambda: playground.workspace.sockets._open[0].is_deaf)
        outcome = await playground.run_command("ada", "ops", "/ops")
        assert (outcome.error, app.envelopes) == ("operation_timeout", [])


@pytest.mark.parametrize(("kind", "count"), [("twice", 2), ("delay", 1)])
async def test_an_envelope_goes_astray(
    playground: Playground, app: Caller, kind: Any, count: int
) -> None:
    """Sent twice, or late."""
    playground.fail("envelope", kind, seconds=0.01)
    assert (await playground.run_command("ada", "ops", "/ops")).ok
    await playground.wait_for(lambda: len(app.envelopes) == count)


@pytest.mark.usefixtures("impatient")
async def test_an_envelope_is_lost(playground: Playground, app: Caller) -> None:
    """The app hears nothing, and the person is told that it did not answer."""
    playground.fail("envelope", "lose")
    outcome = await playground.run_command("ada", "ops", "/ops")
    assert (outcome.error, app.envelopes) == ("operation_timeout", [])


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("refresh", "refresh_requested"), ("warning", "warning"), ("link_disabled", "link_disabled")],
)
async def test_open_sockets_are_upset(
    playground: Playground, app: Caller, kind: str, reason: str
) -> None:
    """Each for its reason; a warning alone closes nothing."""
    await playground.upset_sockets(kind)
    await playground.wait_for(lambda: len(app.frames) == 1)
    assert app.frames[0]["reason"] == reason
    assert playground.connected == (1 if kind == "warning" else 0)


async def test_connections_can_be_refused(playground: Playground, api: Api) -> None:
    """apps.connections.open fails like any method."""
    playground.fail("apps.connections.open", "refuse")
    with pytest.raises(aiohttp.ClientConnectionError):
        await api.socket_url()


async def test_a_family_of_methods_fails(playground: Playground, api: Api) -> None:
    """`chat.*` is every method of it and no other."""
    playground.fail("chat.*", error="fatal_error", count=2)
    assert (await api("auth.test"))["ok"] is True
    assert (await api("chat.postMessage"))["error"] == "fatal_error"
    assert (await api("chat.update"))["error"] == "fatal_error"


async def test_a_panel_lists_and_removes_them(playground: Playground, api: Api) -> None:
    """Each has an id and a count of how often it struck."""
    first = (await api.page("faults", method="auth.test", kind="delay", seconds=0, count=3))[
        "fault"
    ]
    second = (await api.page("faults", method="socket", kind="deaf"))["fault"]
    await api("auth.test")
    listed = await api.read("faults")
    assert [(one["id"], one["struck"]) for one in listed["faults"]] == [
        (first["id"], 1),
        (second["id"], 0),
    ]
    assert listed["faults"][0]["count"] == 2
    assert {"*", "chat.update", "response_url", "webhook"} <= set(listed["targets"]["calls"])
    assert "lose" in listed["kinds"]["envelope"]
    address = f"{playground.page_url}_playground/faults/{first['id']}"
    for status in (200, 404):
        async with api.session.delete(address) as response:
            assert response.status == status
    assert [one["id"] for one in (await api.read("faults"))["faults"]] == [second["id"]]


@pytest.mark.parametrize(
    "order",
    [
        {"method": "socket", "kind": "error"},
        {"method": "envelope", "kind": "http"},
        {"method": "auth.test", "kind": "deaf"},
        {"method": "m", "kind": "error", "count": "many"},
        {"method": "m", "kind": "error", "probability": True},
        {"kind": "error"},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(order: dict[str, Any]) -> None:
    """Rather than striking never, or somewhere else."""
    with pytest.raises(PageError):
        read_fault(order)

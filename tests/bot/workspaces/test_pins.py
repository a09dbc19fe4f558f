"""Pinning messages."""

import pytest
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NoTransportError, UnavailableError
from bot.workspaces.pins import Pins

HOME = "T0PLAYGRND"


def client_of(playground: Playground) -> AsyncWebClient:
    return AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)


def pins_with(client: AsyncWebClient) -> Pins:
    """Return the pins of an Opsbell that knows only the workspace of *client*."""

    async def of_workspace(workspace_id: str) -> AsyncWebClient:
        if workspace_id != HOME:
            raise NoTransportError("app_uninstalled")
        return client

    return Pins(of_workspace)


async def test_pinning_twice_is_pinning_once(playground: Playground) -> None:
    """What was done before a crash is no refusal."""
    client = client_of(playground)
    posted = await client.chat_postMessage(channel="C0OPS00002", text="board")
    pins = pins_with(client)
    for _ in range(2):
        assert await pins.pin(HOME, "C0OPS00002", posted["ts"]) is None
    assert list(playground.channel("ops").pins) == [posted["ts"]]


async def test_a_refusal_is_returned_and_an_outage_is_raised(playground: Playground) -> None:
    """One is for good, the other is not."""
    pins = pins_with(client_of(playground))
    assert await pins.pin("T9", "C0OPS00002", "1.1") == "app_uninstalled"
    assert await pins.pin(HOME, "C0OPS00002", "1700000000.000100") == "message_not_found"
    playground.fail("pins.add", error="internal_error")
    with pytest.raises(UnavailableError):
        await pins.pin(HOME, "C0OPS00002", "1.1")


async def test_slack_that_is_away_is_an_outage() -> None:
    """Nobody listens there."""
    client = AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/")
    with pytest.raises(UnavailableError):
        await pins_with(client).pin(HOME, "C0OPS00002", "1.1")

"""Pinning messages."""

import pytest
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UnavailableError
from bot.workspaces.pins import Pins


def client_of(playground: Playground) -> AsyncWebClient:
    return AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)


async def test_pinning_twice_is_pinning_once(playground: Playground) -> None:
    """What was done before a crash is no refusal."""
    client = client_of(playground)
    posted = await client.chat_postMessage(channel="C0OPS00002", text="board")
    pins = Pins(client)
    for _ in range(2):
        assert await pins.pin("C0OPS00002", posted["ts"]) is None
    assert playground.channel("ops").pins == [posted["ts"]]


async def test_a_refusal_is_returned_and_an_outage_is_raised(playground: Playground) -> None:
    """One is for good, the other is not."""
    pins = Pins(client_of(playground))
    assert await pins.pin("C0OPS00002", "1.1") == "message_not_found"
    playground.fail("pins.add", error="internal_error")
    with pytest.raises(UnavailableError):
        await pins.pin("C0OPS00002", "1.1")


async def test_slack_that_is_away_is_an_outage() -> None:
    """Nobody listens there."""
    client = AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/")
    with pytest.raises(UnavailableError):
        await Pins(client).pin("C0OPS00002", "1.1")

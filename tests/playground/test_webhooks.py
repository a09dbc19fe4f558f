from typing import Any

import pytest
from slack_playground import HandClock, Playground

from tests.playground.wire import OPS, Api, section


@pytest.fixture
def address(playground: Playground) -> str:
    return playground.webhook("ops")


async def send(api: Api, address: str, **request: Any) -> tuple[int, str]:
    async with api.session.post(address, **request) as response:
        return response.status, await response.text()


async def test_a_webhook_posts(playground: Playground, api: Api, address: str) -> None:
    """JSON, or JSON in the form field `payload`; the answer is one word."""
    assert await send(api, address, json={"text": "a", "blocks": [section()]}) == (200, "ok")
    assert await send(api, address, data={"payload": '{"text": "b"}'}) == (200, "ok")
    first, second = playground.messages("ops")
    assert (first["text"], second["text"]) == ("a", "b")
    assert (first["subtype"], first["bot_id"]) == ("bot_message", playground.state.bot_id)
    assert first["blocks"][0]["block_id"]
    listed = (await api.read("state"))["webhooks"]
    assert {"url": address, "channel": OPS} in listed


async def test_errors_are_words(playground: Playground, api: Api, address: str) -> None:
    """Plain text with the status of each."""
    assert await send(api, address, data=b"{") == (400, "invalid_payload")
    assert await send(api, address, json={}) == (400, "no_text")
    assert await send(api, address, json={"blocks": [{"type": "x"}]}) == (400, "invalid_blocks")
    assert await send(api, address + "x", json={"text": "x"}) == (404, "no_service")
    playground.channel("ops").is_archived = True
    assert await send(api, address, json={"text": "x"}) == (410, "channel_is_archived")
    del playground.state.channels[OPS]
    assert await send(api, address, json={"text": "x"}) == (404, "channel_not_found")


async def test_one_a_second(clock: HandClock) -> None:
    """The second within a second waits."""
    async with Playground(clock=clock) as playground, Api(playground) as api:
        address = playground.webhook("ops")
        assert await send(api, address, json={"text": "x"}) == (200, "ok")
        async with api.session.post(address, json={"text": "x"}) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "1")
            assert await response.text() == "rate_limited"
        clock.advance(1)
        assert await send(api, address, json={"text": "x"}) == (200, "ok")


async def test_a_webhook_fails_as_ordered(playground: Playground, api: Api, address: str) -> None:
    """Faults know it by the name `webhook`."""
    playground.fail("webhook", "http", status=503)
    assert (await send(api, address, json={"text": "x"}))[0] == 503
    assert (await send(api, address, json={"text": "x"}))[0] == 200

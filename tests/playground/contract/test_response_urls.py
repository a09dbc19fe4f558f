"""Rule: a response URL answers five times within half an hour, without a token."""

from slack_playground import HandClock, Playground

from tests.playground.wire import Api, Caller


async def answer(api: Api, url: str, text: str = "x") -> tuple[int, str]:
    async with api.session.post(url, json={"text": text}) as response:
        return response.status, await response.text()


async def test_five_answers(playground: Playground, api: Api, app: Caller) -> None:
    """The sixth is refused and shows nothing."""
    await playground.run_command("ada", "ops", "/ops")
    url = app.payloads[-1]["response_url"]
    statuses = [(await answer(api, url))[0] for _ in range(6)]
    assert statuses == [200] * 5 + [404]
    assert len(playground.ephemerals("ada", "ops")) == 5


async def test_half_an_hour(
    playground: Playground, api: Api, app: Caller, clock: HandClock
) -> None:
    """After thirty minutes the address is dead."""
    await playground.run_command("ada", "ops", "/ops")
    url = app.payloads[-1]["response_url"]
    clock.advance(30 * 60)
    assert await answer(api, url) == (200, "ok")
    clock.advance(1)
    status, text = await answer(api, url)
    assert (status, "expired_url" in text) == (404, True)


async def test_each_interaction_has_its_own(playground: Playground, api: Api, app: Caller) -> None:
    """Using one up leaves the others whole."""
    for _ in range(2):
        await playground.run_command("ada", "ops", "/ops")
    first, second = (payload["response_url"] for payload in app.payloads)
    for _ in range(6):
        await answer(api, first)
    assert first != second
    assert (await answer(api, second))[0] == 200


async def test_an_archived_channel_takes_nothing(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Archived between the command and the answer: nobody sees it, and the app is told."""
    await playground.run_command("ada", "ops", "/ops")
    url = app.payloads[-1]["response_url"]
    await api("conversations.archive", channel=playground.channel("ops").id)
    status, text = await answer(api, url)
    assert (status, "is_archived" in text) == (400, True)
    assert playground.ephemerals("ada", "ops") == []

"""Rule: a post may bear a `client_msg_id`, and not everybody can be written to or edited."""

from collections.abc import AsyncIterator

import pytest
from slack_playground import HandClock, Playground

from tests.playground.wire import ADA, BOT, OPS, Api

POST = {"channel": OPS, "client_msg_id": "0f0e1d2c-0000-5000-8000-000000000001"}


@pytest.fixture
async def knowing() -> AsyncIterator[Api]:
    """A workspace that knows posts again."""
    async with (
        Playground(limits="off", client_msg_id="honoured") as playground,
        Api(playground) as api,
    ):
        yield api


async def test_a_post_that_is_known_is_answered_with_the_first_copy(knowing: Api) -> None:
    """As it is now, also if the repeat says something else or goes elsewhere."""
    first = await knowing("chat.postMessage", text="one", **POST)
    await knowing("chat.update", channel=OPS, ts=first["ts"], text="edited")

    again = await knowing("chat.postMessage", **{**POST, "text": "two", "channel": ADA})

    assert (again["ts"], again["channel"]) == (first["ts"], OPS)
    assert again["message"]["text"] == "edited"
    assert [one["text"] for one in knowing.playground.messages("ops")] == ["edited"]


async def test_a_known_post_that_is_gone_is_said_to_be(knowing: Api) -> None:
    """Slack documents this error, and no argument that leads to it."""
    first = await knowing("chat.postMessage", text="one", **POST)
    await knowing("chat.delete", channel=OPS, ts=first["ts"])

    again = await knowing("chat.postMessage", text="two", **POST)

    assert again["error"] == "duplicate_message_not_found"


async def test_without_the_switch_every_post_is_a_new_one(api: Api) -> None:
    """Whether Slack knows the posts of bots again is not documented."""
    first = await api("chat.postMessage", text="one", **POST)
    second = await api("chat.postMessage", text="two", **POST)

    assert first["ts"] != second["ts"]


async def test_a_message_may_be_too_old_to_be_edited() -> None:
    """A workspace may set how long its members can edit."""
    async with (
        Playground(limits="off", edit_window_seconds=60, clock=HandClock()) as playground,
        Api(playground) as api,
    ):
        ts = (await api("chat.postMessage", channel=OPS, text="one"))["ts"]
        early = await api("chat.update", channel=OPS, ts=ts, text="two")
        playground.advance(61)
        late = await api("chat.update", channel=OPS, ts=ts, text="three")

    assert (early["ok"], late["error"]) == (True, "edit_window_closed")


async def test_some_people_cannot_be_written_to(playground: Playground, api: Api) -> None:
    """A bot cannot write to a bot, nor to somebody who has left."""
    playground.user("cleo").deleted = True
    gone = playground.user("cleo").id

    refused = [
        (await api("chat.postMessage", channel=one, text="x"))["error"] for one in (BOT, gone)
    ]
    opened = await api("conversations.open", users=gone)

    assert refused == ["cannot_dm_bot", "user_disabled"]
    assert opened["error"] == "user_disabled"

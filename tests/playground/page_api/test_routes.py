import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_playground import Playground

from tests.patience import PATIENCE_SECONDS
from tests.playground.wire import (
    ADA,
    BEN,
    BOARD,
    CLEO,
    OPS,
    Api,
    Caller,
    actions,
    button,
    modal,
    section,
    trigger,
)


class Stream:
    """One person's live events, read as a browser does."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> dict[str, Any]:
        while True:
            line = await asyncio.wait_for(self.response.content.readline(), PATIENCE_SECONDS)
            if line.startswith(b"data: "):
                event: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                if event["type"] != "state":
                    return event


def events_url(api: Api) -> str:
    return f"{api.playground.page_url}_playground/events"


async def test_the_state_is_what_a_person_sees(api: Api) -> None:
    """Ada sees the private channel she is in; Cleo does not."""
    ada, cleo = await api.read("state", user=ADA), await api.read("state", user=CLEO)
    assert ada["me"] == ADA
    assert ada["workspace"]["name"] == "Playground"
    assert BOARD in {channel["id"] for channel in ada["channels"]}
    assert BOARD not in {channel["id"] for channel in cleo["channels"]}
    assert ada["app"]["bot_user_id"] == api.playground.state.bot_user_id
    assert ada["connected"] == 0


async def test_older_messages_come_a_page_at_a_time(api: Api) -> None:
    """A thousand messages are read five hundred at a time, upwards, none twice and none lost."""
    stamps = [
        api.playground.write("ada", OPS, f"number {number}").answer["message"]["ts"]
        for number in range(1_100)
    ]
    pages: list[list[str]] = []
    before: dict[str, str] = {}
    while True:
        found = (await api.read("messages", channel=OPS, user=BEN, **before))["messages"]
        if not found:
            break
        pages.insert(0, [message["ts"] for message in found])
        before = {"before": pages[0][0]}
    assert [len(page) for page in pages] == [100, 500, 500]
    assert stamps == [ts for page in pages for ts in page]


async def test_messages_come_drawn(api: Api) -> None:
    """Text and every mrkdwn object have safe HTML beside them, in the page API only."""
    posted = await api("chat.postMessage", channel=OPS, text="*b* <", blocks=[section("_i_")])
    (message,) = (await api.read("messages", channel=OPS, user=ADA))["messages"]
    assert message["ts"] == posted["ts"]
    assert "<strong>" in message["_html"] or "<b>" in message["_html"]
    assert message["blocks"][0]["text"]["_html"]
    assert "_html" not in json.dumps(posted)
    assert "_html" not in json.dumps(api.playground.messages("ops"))


async def test_ephemeral_messages_stand_among_the_others(api: Api) -> None:
    """They are ordered by time and seen by one person."""
    await api("chat.postMessage", channel=OPS, text="first")
    await api("chat.postEphemeral", channel=OPS, user=ADA, text="second")
    await api("chat.postMessage", channel=OPS, text="third")
    ada = (await api.read("messages", channel=OPS, user=ADA))["messages"]
    ben = (await api.read("messages", channel=OPS, user=BEN))["messages"]
    assert [one["text"] for one in ada] == ["first", "second", "third"]
    assert [one.get("is_ephemeral", False) for one in ada] == [False, True, False]
    assert [one["text"] for one in ben] == ["first", "third"]


async def test_a_thread_can_be_read(api: Api) -> None:
    """With thread_ts come the parent and its replies."""
    ts = (await api("chat.postMessage", channel=OPS, text="parent"))["ts"]
    await api("chat.postMessage", channel=OPS, text="reply", thread_ts=ts)
    await api("chat.postMessage", channel=OPS, text="other")
    thread = await api.read("messages", channel=OPS, user=ADA, thread_ts=ts)
    assert [one["text"] for one in thread["messages"]] == ["parent", "reply"]


async def test_changes_are_live(api: Api, app: Caller) -> None:
    """What happens reaches an open page: messages, edits, deletions, views, notices."""
    async with api.session.get(events_url(api), params={"user": ADA}) as response:
        stream = Stream(response)
        ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
        event = await stream.next()
        assert (event["type"], event["channel"]) == ("message", OPS)
        assert event["message"]["_html"] == "x"
        await api("chat.update", channel=OPS, ts=ts, text="y")
        assert (await stream.next())["message"]["text"] == "y"
        await api("chat.delete", channel=OPS, ts=ts)
        event = await stream.next()
        assert event == {"type": "message_deleted", "channel": OPS, "ts": ts}
        trigger_id = await trigger(api.playground, app)
        view = (await api("views.open", trigger_id=trigger_id, view=modal()))["view"]
        assert (await stream.next())["view"]["id"] == view["id"]
        await api.page("views/close", user=ADA, view_id=view["id"])
        event = await stream.next()
        assert event == {"type": "view_closed", "view_id": view["id"], "all": True}


async def test_others_do_not_see_what_is_private(api: Api) -> None:
    """Ephemeral messages and private channels are not streamed to everyone."""
    async with api.session.get(events_url(api), params={"user": CLEO}) as response:
        stream = Stream(response)
        await api("chat.postEphemeral", channel=OPS, user=ADA, text="psst")
        api.playground.write("ada", "board", "secret")
        await api("chat.postMessage", channel=OPS, text="public")
        assert (await stream.next())["message"]["text"] == "public"


async def test_a_closed_page_leaves_no_trace(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """Closing the browser is no error of the playground."""
    async with api.session.get(events_url(api), params={"user": ADA}) as response:
        response.close()
    feed = api.playground.workspace.feed
    for _ in range(3):
        await api("chat.postMessage", channel=OPS, text="x")
    await api.playground.wait_for(lambda: not feed.listeners)
    assert caplog.records == []


async def test_a_person_writes(api: Api) -> None:
    """Names become mentions, markup of the keyboard is escaped."""
    answer = await api.page("messages", user=ADA, channel=OPS, text="@ben <script> #general")
    assert answer["ok"] is True
    assert answer["message"]["text"] == ("<@U0BEN00002> &lt;script&gt; <#C0GENERAL1|general>")
    assert "<script" not in answer["message"]["_html"]


async def test_a_click_and_a_submission_over_http(api: Api, app: Caller) -> None:
    """The page's way through a button and a modal."""
    blocks = [actions(button())]
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=blocks))["ts"]
    answer = await api.page(
        "actions",
        user=ADA,
        container={"type": "message", "channel": OPS, "ts": ts},
        action={"block_id": "acts", "action_id": "retry"},
    )
    assert answer == {"ok": True}
    trigger_id = app.payloads[-1]["trigger_id"]
    view = (await api("views.open", trigger_id=trigger_id, view=modal()))["view"]
    sent = {"user": ADA, "view_id": view["id"]}
    assert (await api.page("views/submit", **sent, values={}))["error"] == "validation"
    values = {"name": {"typed": {"type": "plain_text_input", "value": "x"}}}
    assert await api.page("views/submit", **sent, values=values) == {"ok": True}


async def test_an_edit_history_can_be_inspected(api: Api) -> None:
    """Every version of a message is kept, oldest first."""
    ts = (await api("chat.postMessage", channel=OPS, text="one"))["ts"]
    await api("chat.update", channel=OPS, ts=ts, text="two")
    found = await api.read("inspect", channel=OPS, ts=ts)
    assert found["message"]["text"] == "two"
    assert [one["text"] for one in found["history"]] == ["one", "two"]


async def test_a_reset_goes_back_to_the_seed(api: Api) -> None:
    """Messages, journal and faults are gone afterwards."""
    await api("chat.postMessage", channel=OPS, text="x")
    api.playground.fail("auth.test", count=9)
    assert await api.page("reset") == {"ok": True}
    assert api.playground.messages("ops") == []
    assert (await api("auth.test"))["ok"] is True


@pytest.mark.parametrize(
    ("path", "sent", "error"),
    [
        ("messages", {"user": ADA, "channel": OPS}, "missing_field"),
        ("messages", {"user": "U0NOBODY01", "channel": OPS, "text": "x"}, "user_not_found"),
        ("messages", {"user": CLEO, "channel": BOARD, "text": "x"}, "channel_not_found"),
        ("views/submit", {"user": ADA, "view_id": "V1"}, "view_not_found"),
        ("actions", {"user": ADA, "container": []}, "channel_not_found"),
        ("actions", {"user": ADA, "container": "x"}, "wrong_type"),
    ],
)
async def test_a_wrong_request_is_explained(
    api: Api, path: str, sent: dict[str, Any], error: str
) -> None:
    """A page with a bug learns what it did wrong."""
    answer = await api.page(path, **sent)
    assert (answer["ok"], answer["error"]) == (False, error)
    assert answer["message"]


async def test_the_page_is_served(playground: Playground, api: Api) -> None:
    """The address that is printed opens something."""
    async with api.session.get(playground.page_url) as response:
        assert response.status == 200


async def test_a_permalink_opens_the_page_at_its_message(api: Api) -> None:
    """The link an app gets leads to the page, told which channel and message."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    link = (await api("chat.getPermalink", channel=OPS, message_ts=ts))["permalink"]
    async with api.session.get(link, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == f"/?channel={OPS}&ts={ts}"


async def test_a_click_counts_though_the_message_was_edited_meanwhile(
    api: Api, app: Caller
) -> None:
    """
    The button is still there, in a block with a new id; one that is gone cannot be pressed.

    Whoever read a confirmation while the task went on could not cancel it.
    """
    before, after = (actions(button(value="7"), block_id=block_id) for block_id in ("r1", "r2"))
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=[before]))["ts"]
    await api("chat.update", channel=OPS, ts=ts, text="x", blocks=[after])
    click: dict[str, Any] = {
        "user": ADA,
        "container": {"type": "message", "channel": OPS, "ts": ts},
        "action": {"block_id": "r1", "action_id": "retry"},
    }

    assert (await api.page("actions", **click))["ok"]
    action = app.payloads[-1]["actions"][0]
    assert (action["block_id"], action["value"]) == ("r2", "7")
    await api("chat.update", channel=OPS, ts=ts, text="x", blocks=[section()])
    assert (await api.page("actions", **click))["error"] == "element_not_found"

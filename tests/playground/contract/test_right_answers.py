"""Rule: an answer says what Slack's says."""

from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, BEN, BOT, GENERAL, OPS, Api, Caller, section


async def uploaded(api: Api, name: str = "menu.png", **shared: Any) -> dict[str, Any]:
    """Upload one byte, share it where `shared` says, and return the file's record."""
    begun = await api("files.getUploadURLExternal", filename=name, length=1)
    async with api.session.post(begun["upload_url"], data=b"x"):
        pass
    done = await api("files.completeUploadExternal", files=[{"id": begun["file_id"]}], **shared)
    record: dict[str, Any] = done["files"][0]
    return record


async def test_a_file_says_where_it_is(playground: Playground, api: Api, app: Caller) -> None:
    """`shares` has the message, which is a `file_share`; the app hears of it."""
    file = await uploaded(api, channel_id=OPS, initial_comment="Today")
    message = playground.messages("ops")[-1]
    assert (message["subtype"], message["text"], message["upload"]) == ("file_share", "Today", True)
    await api("chat.postMessage", channel=OPS, thread_ts=message["ts"], text="Good")
    record = (await api("files.info", file=file["id"]))["file"]
    assert (record["channels"], record["groups"], record["is_public"]) == ([OPS], [], True)
    (share,) = record["shares"]["public"][OPS]
    assert (share["ts"], share["channel_name"], share["reply_count"]) == (message["ts"], "ops", 1)
    await playground.wait_for(lambda: app.events("file_shared"))
    (event,) = app.events("file_shared")
    assert (event["file_id"], event["channel_id"], event["user_id"]) == (file["id"], OPS, BOT)


async def test_files_come_in_pages(api: Api) -> None:
    """Newest first, chosen by channel, person, kind and time."""
    files = [await uploaded(api, name, channel_id=OPS) for name in ("a.png", "b.txt", "c.png")]
    page = await api("files.list", count=2, page=2)
    assert page["paging"] == {"count": 2, "total": 3, "page": 2, "pages": 2}
    assert [one["id"] for one in page["files"]] == [files[0]["id"]]
    images = await api("files.list", types="images", channel=OPS)
    assert [one["name"] for one in images["files"]] == ["c.png", "a.png"]
    assert (await api("files.list", channel=GENERAL))["paging"]["pages"] == 0
    assert (await api("files.list", user=ADA))["files"] == []


async def test_an_edit_can_broadcast_a_reply(playground: Playground, api: Api) -> None:
    """`reply_broadcast` shows a standing reply in the channel, once, with the same words."""
    ts = (await api("chat.postMessage", channel=OPS, text="a"))["ts"]
    reply = (await api("chat.postMessage", channel=OPS, text="b", thread_ts=ts))["ts"]
    await api("chat.postMessage", channel=OPS, text="c")
    both = await api("chat.update", channel=OPS, ts=reply, text="d", reply_broadcast=True)
    assert both["error"] == "no_dual_broadcast_content_update"
    for text in ("b", "e"):
        answer = await api("chat.update", channel=OPS, ts=reply, text=text, reply_broadcast=True)
        assert (answer["ok"], answer["message"]["subtype"]) == (True, "thread_broadcast")
    assert [one["text"] for one in playground.messages("ops")] == ["a", "e", "c"]
    assert [one["ts"] for one in playground.replies("ops", ts)] == [reply]


async def test_a_reply_clears_the_status(playground: Playground, api: Api) -> None:
    """A status is there until the app says something in its thread; a person's words leave it."""
    channel = playground.im("ada").id
    ts = playground.write("ada", "app", "What is there?").answer["message"]["ts"]
    status = {"channel_id": channel, "thread_ts": ts, "status": "is thinking"}
    assert (await api("assistant.threads.setStatus", **status))["ok"] is True
    playground.write("ada", "app", "Hurry", thread_ts=ts)
    assert [one.text for one in playground.state.statuses.values()] == ["is thinking"]
    await api("chat.postMessage", channel=channel, thread_ts=ts, text="Soup")
    assert playground.state.statuses == {}


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("conversations.history", {"limit": "x"}, "must provide a number [json-pointer:/limit]"),
        ("files.list", {"page": 0}, "must be greater than 0 [json-pointer:/page]"),
        (
            "assistant.threads.setStatus",
            {"loading_messages": ["x" * 51]},
            "must be less than 51 characters [json-pointer:/loading_messages/0]",
        ),
        (
            "assistant.threads.setStatus",
            {"loading_messages": ["x"] * 11},
            "no more than 10 items allowed [json-pointer:/loading_messages]",
        ),
    ],
)
async def test_a_wrong_argument_has_its_place(
    playground: Playground, api: Api, method: str, arguments: dict[str, Any], words: str
) -> None:
    """Limits are worded as in Slack, with a pointer to the argument."""
    ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
    place = {"channel": OPS, "channel_id": OPS, "thread_ts": ts, "status": "x"}
    answer = await api(method, **place, **arguments)
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {words}"]


async def test_people_and_apps_have_pictures(playground: Playground, api: Api) -> None:
    """Their addresses lead to a picture of that size."""
    user = (await api("users.info", user=ADA))["user"]
    assert user["is_email_confirmed"] is True
    sizes = [name for name in user["profile"] if name.startswith("image_")]
    assert sizes == [f"image_{size}" for size in (24, 32, 48, 72, 192, 512)]
    posted = await api("chat.postMessage", channel=OPS, text="x")
    icons = posted["message"]["bot_profile"]["icons"]
    assert icons == (await api("bots.info"))["bot"]["icons"]
    for address in (user["profile"]["image_48"], icons["image_48"]):
        async with api.session.get(address) as response:
            content = await response.read()
            assert (response.content_type, content[:4]) == ("image/png", b"\x89PNG")


async def test_a_topic_knows_who_set_it(playground: Playground, api: Api) -> None:
    """And when; what was never set has neither."""
    await api("conversations.setTopic", channel=OPS, topic="Lunch")
    channel = (await api("conversations.info", channel=OPS))["channel"]
    now = int(playground.workspace.clock.now())
    assert channel["topic"] == {"value": "Lunch", "creator": BOT, "last_set": now}
    assert channel["purpose"] == {"value": "", "creator": "", "last_set": 0}


async def test_an_invitation_names_who_invited(
    playground: Playground, api: Api, app: Caller
) -> None:
    """`inviter` stands in the event, and only there."""
    channel = (await api("conversations.create", name="kitchen"))["channel"]["id"]
    await api("conversations.invite", channel=channel, users=BEN)
    await playground.wait_for(lambda: app.events("member_joined_channel"))
    (event,) = app.events("member_joined_channel")
    assert (event["user"], event["inviter"]) == (BEN, BOT)


async def test_people_write_to_the_app_and_each_other(playground: Playground, api: Api) -> None:
    """By the name of who is written to, also over the control API."""
    answer = await api.page("messages", user="ada", channel="app", text="hi")
    assert answer["ok"] is True
    assert [one["text"] for one in playground.messages(playground.im("ada").id)] == ["hi"]
    await api.page("messages", user="ada", channel="ben", text="psst")
    between = playground.im("ben", "ada")
    assert playground.messages(between.id)[-1]["text"] == "psst"
    assert between.id != playground.im("ada").id
    seen = await api("conversations.history", channel=between.id)
    assert seen["error"] == "channel_not_found"


async def test_a_reply_to_what_is_gone_is_no_reply(playground: Playground, api: Api) -> None:
    """By whatever way it comes: a webhook's stands in the channel too."""
    async with api.session.post(
        playground.webhook("ops"), json={"text": "late", "thread_ts": "1.000001"}
    ) as response:
        assert await response.text() == "ok"
    assert "thread_ts" not in playground.messages("ops")[-1]


async def test_a_picture_that_cannot_be_fetched_is_refused() -> None:
    """With the switch on, the call is refused at the block, and a reachable picture is taken."""
    picture = {"type": "image", "alt_text": "Soup"}
    async with Playground(limits="off", images="fetched") as playground, Api(playground) as api:
        good = {**picture, "image_url": f"{playground.page_url}pictures/soup/48.png"}
        bad = {**picture, "image_url": f"{playground.page_url}nothing.png"}
        answer = await api("chat.postMessage", channel=OPS, text="x", blocks=[section(), bad])
        line = "downloading image failed [json-pointer:/blocks/1/image_url]"
        assert (answer["error"], answer["errors"]) == ("invalid_blocks", [line])
        assert playground.messages("ops") == []
        assert (await api("chat.postMessage", channel=OPS, text="x", blocks=[good]))["ok"] is True
        ts = playground.messages("ops")[-1]["ts"]
        edited = await api("chat.update", channel=OPS, ts=ts, blocks=[bad])
        assert edited["error"] == "invalid_blocks"


async def test_a_picture_from_elsewhere_is_handed_on() -> None:
    """Behind the same switch, for the page: pictures only, and nothing without it."""
    async with Playground(limits="off") as elsewhere, Api(elsewhere) as api:
        params = {"url": f"{elsewhere.page_url}pictures/soup/48.png"}
        page = {"url": elsewhere.page_url}
        async with Playground(images="fetched") as playground:
            for query, status, kind in ((params, 200, "image/png"), (page, 404, "text/plain")):
                address = f"{playground.page_url}pictures"
                async with api.session.get(address, params=query) as response:
                    assert (response.status, response.content_type) == (status, kind)
        async with api.session.get(f"{elsewhere.page_url}pictures", params=params) as response:
            assert response.status == 404

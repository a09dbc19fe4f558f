"""What people do besides writing and clicking, and what the app hears of it."""

import base64
from typing import Any

from slack_playground import HandClock, Playground

from tests.playground.wire import ADA, BEN, BOT, OPS, Api, Caller, connect


async def heard(playground: Playground, app: Caller, kind: str) -> dict[str, Any]:
    """Wait for an event and return the newest of its kind."""
    await playground.wait_for(lambda: app.events(kind))
    return app.events(kind)[-1]


async def test_a_message_is_edited_and_deleted(playground: Playground, app: Caller) -> None:
    """By who wrote it; an owner deletes anybody's. The app gets what it said before."""
    ts = playground.write("ben", "ops", "sope").answer["message"]["ts"]
    assert playground.edit("cleo", "ops", ts, "soap").error == "cant_update_message"
    assert playground.edit("ben", "ops", ts, "soup for @ada").ok
    message = playground.message("ops", ts)
    assert (message["text"], message["edited"]["user"]) == (f"soup for <@{ADA}>", BEN)
    assert message["blocks"][0]["elements"][0]["elements"][1]["user_id"] == ADA
    assert playground.delete("cleo", "ops", ts).error == "cant_delete_message"
    assert playground.delete("ada", "ops", ts).ok
    assert playground.messages("ops") == []
    await playground.wait_for(lambda: len(app.events("message")) == 3)
    _, changed, deleted = app.events("message")
    assert (changed["subtype"], changed["previous_message"]["text"]) == ("message_changed", "sope")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)


async def test_a_message_is_pinned(playground: Playground, api: Api, app: Caller) -> None:
    """pins.list knows by whom, and the app hears of both ways."""
    ts = playground.write("ada", "ops", "menu").answer["message"]["ts"]
    assert playground.pin("ben", "ops", ts).ok
    assert playground.pin("ada", "ops", ts).error == "already_pinned"
    event = await heard(playground, app, "pin_added")
    assert (event["user"], event["item"]["message"]["ts"]) == (BEN, ts)
    (item,) = (await api("pins.list", channel=OPS))["items"]
    assert item["created_by"] == BEN
    assert playground.pin("ben", "ops", ts, is_removed=True).ok
    assert (await heard(playground, app, "pin_removed"))["has_pins"] is False


async def test_a_file_is_posted(playground: Playground, api: Api, app: Caller) -> None:
    """With words, as a `file_share` of the person's."""
    assert playground.share_file("ada", "ops", "menu.txt", b"soup", "Today").ok
    message = playground.messages("ops")[-1]
    assert (message["subtype"], message["text"], message["user"]) == ("file_share", "Today", ADA)
    event = await heard(playground, app, "file_shared")
    info = (await api("files.info", file=event["file_id"]))["file"]
    assert (info["name"], info["size"], list(info["shares"]["public"])) == ("menu.txt", 4, [OPS])
    content = base64.b64encode(b"x").decode()
    sent = {"user": "ben", "channel": "app", "name": "x.txt", "content": content}
    assert (await api.page("files/share", **sent))["ok"] is True
    assert playground.messages(playground.im("ben").id)[-1]["files"][0]["name"] == "x.txt"


async def test_a_channel_lives(playground: Playground, api: Api, app: Caller) -> None:
    """Made, entered, left, renamed and archived; the app hears what it is there for."""
    made = playground.create_channel("ada", "kitchen")
    channel = made.answer["channel"]["id"]
    assert (await heard(playground, app, "channel_created"))["channel"]["creator"] == ADA
    assert playground.create_channel("ben", "kitchen").error == "name_taken"
    assert playground.join("ben", "kitchen").ok
    assert playground.leave("ben", "kitchen").ok
    assert playground.invite("ben", "kitchen", "cleo").error == "not_in_channel"
    assert playground.invite("ada", "kitchen", "app", "ben").ok
    joined = await heard(playground, app, "member_joined_channel")
    assert (joined["channel"], joined["inviter"]) == (channel, ADA)
    assert {one["user"] for one in app.events("member_joined_channel")} == {BOT, BEN}
    answer = await api.page("channels/rename", user="ada", channel="kitchen", name="canteen")
    assert answer["ok"] is True
    assert (await heard(playground, app, "channel_rename"))["channel"]["name"] == "canteen"
    assert playground.archive("ada", "canteen").ok
    await heard(playground, app, "channel_archive")
    assert playground.archive("ada", "canteen", is_brought_back=True).ok
    assert playground.kick("ada", "canteen", "app").ok
    assert (await heard(playground, app, "channel_left"))["channel"] == channel
    assert playground.leave("ada", "general").error == "cant_leave_general"


async def test_organising_is_played_again(playground: Playground, api: Api) -> None:
    """A recording does all of it again."""
    ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
    playground.edit("ada", "ops", ts, "y")
    playground.create_channel("ada", "kitchen")
    lines = playground.recording()
    playground.reset()
    assert await playground.replay(lines, patience=0.0) == []
    assert [one["text"] for one in playground.messages("ops")] == ["y"]
    assert playground.channel("kitchen").members == {ADA}


async def test_links_and_metadata_are_told(clock: HandClock) -> None:
    """An app hears of links to its domains, and of the metadata it subscribed to."""
    events = ["link_shared", *(f"message_metadata_{one}" for one in ("posted", "deleted"))]
    manifest = {
        "display_information": {"name": "Sample"},
        "features": {"bot_user": {"display_name": "sample"}, "unfurl_domains": ["example.com"]},
        "oauth_config": {
            "scopes": {"bot": ["chat:write", "links:read", "links:write", "metadata.message:read"]}
        },
        "settings": {
            "event_subscriptions": {
                "bot_events": events,
                "metadata_subscriptions": [{"app_id": "A0SAMPLE001", "event_type": "order"}],
            },
            "socket_mode_enabled": True,
        },
    }
    async with (
        Playground(manifest=manifest, limits="off", clock=clock) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        text = "https://menu.example.com/soup and https://example.org"
        ts = playground.write("ada", "ops", text).answer["message"]["ts"]
        event = await heard(playground, app, "link_shared")
        url = "https://menu.example.com/soup"
        assert event["links"] == [{"url": url, "domain": "example.com"}]
        unfurl = {"channel": event["channel"], "ts": event["message_ts"]}
        assert (await api("chat.unfurl", unfurls={url: {"text": "Soup"}}, **unfurl))["ok"] is True
        (attachment,) = playground.message("ops", ts)["attachments"]
        assert (attachment["text"], attachment["from_url"]) == ("Soup", url)
        metadata = {"event_type": "order", "event_payload": {"dish": "soup"}}
        posted = await api("chat.postMessage", channel=OPS, text="x", metadata=metadata)
        assert (await heard(playground, app, "message_metadata_posted"))["metadata"] == metadata
        await api("chat.delete", channel=OPS, ts=posted["ts"])
        gone = await heard(playground, app, "message_metadata_deleted")
        assert (gone["message_ts"], gone["previous_metadata"]) == (posted["ts"], metadata)

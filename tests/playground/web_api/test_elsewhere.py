"""Remote files and calls: what lives in other services."""

from typing import Any

import aiohttp
import pytest
from slack_playground import Playground
from slack_playground.pictures import draw_picture

from tests.playground.wire import ADA, OPS, RANDOM, Api

MENU = {"external_id": "menu", "external_url": "https://example.com/menu", "title": "Menu"}
BLOCK = {"type": "file", "external_id": "menu", "source": "remote"}
GUEST = {"external_id": "guest-1", "display_name": "Dora"}
LUNCH = {"external_unique_id": "lunch-1", "join_url": "https://example.com/lunch"}


async def test_a_remote_file_lives(playground: Playground, api: Api) -> None:
    """Added, shared, changed, found by either id, and removed."""
    added = (await api("files.remote.add", **MENU))["file"]
    expected = ("external", True, "menu", "https://example.com/menu", "Menu")
    names = ("mode", "is_external", "external_id", "external_url", "title")
    assert tuple(added[name] for name in names) == expected
    shared = await api("files.remote.share", external_id="menu", channels=OPS)
    assert shared["file"]["channels"] == [OPS]
    assert playground.messages("ops")[-1]["files"][0]["id"] == added["id"]
    changed = await api("files.remote.update", file=added["id"], title="Dinner")
    assert (changed["file"]["title"], changed["file"]["external_url"]) == (
        "Dinner",
        MENU["external_url"],
    )
    listed = (await api("files.remote.list", channel=OPS))["files"]
    assert [one["id"] for one in listed] == [added["id"]]
    assert (await api("files.remote.remove", external_id="menu"))["ok"] is True
    assert (await api("files.remote.info", file=added["id"]))["error"] == "file_not_found"


async def test_a_block_shows_a_remote_file(playground: Playground, api: Api) -> None:
    """In messages of every kind, also after an edit, once the app has added the file."""
    early = await api("chat.postMessage", channel=OPS, blocks=[BLOCK])
    line = "invalid external_id [json-pointer:/blocks/0/external_id]"
    assert (early["error"], early["errors"]) == ("invalid_blocks", [line])
    await api("files.remote.add", **MENU)
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    for method, more in (
        ("chat.postMessage", {}),
        ("chat.update", {"ts": ts, "text": "y"}),
        ("chat.postEphemeral", {"user": ADA}),
    ):
        answer = await api(method, channel=OPS, blocks=[BLOCK], **more)
        assert answer["ok"] is True, answer
    assert playground.message("ops", ts)["blocks"][0]["external_id"] == "menu"


async def test_a_preview_is_a_picture(playground: Playground, api: Api) -> None:
    """It comes as part of a form; anything else is refused, and nothing is added."""
    for content, error in ((b"soup, 3", "bad_image"), (draw_picture("menu", 8), None)):
        form = aiohttp.FormData(MENU)
        form.add_field("preview_image", content, filename="menu.png")
        _, answer = await api.raw("files.remote.add", data=form)
        assert answer.get("error") == error
        assert len(playground.state.files) == int(error is None)
    assert answer["file"]["has_rich_preview"] is True


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("files.remote.add", {**MENU, "title": "x" * 256}, "bad_title"),
        ("files.remote.add", {**MENU, "external_id": "x" * 256}, "invalid_external_id"),
        ("files.remote.add", {**MENU, "external_url": "menu"}, "invalid_arguments"),
        ("files.remote.info", {}, "invalid_args"),
        ("files.remote.info", {"external_id": "dessert"}, "file_not_found"),
        ("files.remote.share", {"external_id": "menu", "channels": "C0"}, "channel_not_found"),
        ("files.remote.share", {"external_id": "menu", "channels": RANDOM}, "not_in_channel"),
        ("files.remote.share", {"external_id": "menu"}, "invalid_arguments"),
        ("calls.add", {"external_unique_id": "1"}, "invalid_arguments"),
        ("calls.add", {**LUNCH, "created_by": "U0NOBODY00"}, "invalid_created_by"),
        ("calls.add", {**LUNCH, "date_start": -1}, "invalid_start_time"),
        ("calls.add", {**LUNCH, "users": [{"slack_id": "U0NOBODY00"}]}, "user_not_found"),
        ("calls.add", {**LUNCH, "users": [{"slack_id": [ADA]}]}, "user_not_found"),
        ("calls.add", {**LUNCH, "users": [{"external_id": "1"}]}, "invalid_arguments"),
        ("calls.add", {**LUNCH, "users": "Dora"}, "invalid_arguments"),
        ("calls.info", {"id": "R0"}, "invalid_call_id"),
        ("calls.end", {"id": "R0"}, "invalid_call_id"),
    ],
)
async def test_what_is_elsewhere_is_named_rightly(
    api: Api, method: str, arguments: dict[str, Any], error: str
) -> None:
    """Each fault has Slack's word for it."""
    await api("files.remote.add", **MENU)
    assert (await api(method, **arguments))["error"] == error


async def test_a_call_is_joined_and_ends(playground: Playground, api: Api) -> None:
    """People come and go, a block shows it, and after its end it cannot be changed."""
    users = [{"slack_id": ADA}, GUEST]
    call = (await api("calls.add", **LUNCH, users=users, title="Lunch"))["call"]
    named = {"id": call["id"]}
    block = {"type": "call", "call_id": call["id"]}
    assert (await api("chat.postMessage", channel=OPS, blocks=[block]))["ok"] is True
    other = {**block, "call_id": "R0"}
    refused = await api("chat.postMessage", channel=OPS, blocks=[other])
    assert refused["errors"] == ["invalid call_id [json-pointer:/blocks/0/call_id]"]
    await api("calls.participants.add", **named, users=[GUEST, {**GUEST, "external_id": "2"}])
    await api("calls.participants.remove", **named, users=[{"slack_id": ADA}])
    await api("calls.update", **named, title="Dinner")
    seen = (await api("calls.info", **named))["call"]
    assert (seen["title"], [one["external_id"] for one in seen["users"]]) == (
        "Dinner",
        ["guest-1", "2"],
    )
    assert (await api("calls.end", **named, duration=60))["ok"] is True
    ended = (await api("calls.info", **named))["call"]
    assert ended["date_end"] == ended["date_start"] + 60
    for method in ("calls.end", "calls.update", "calls.participants.add"):
        answer = await api(method, **named, users=[GUEST])
        assert (method, answer["error"]) == (method, "inactive_call")

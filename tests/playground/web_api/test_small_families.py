"""Users, user groups, reactions, files, blocks.validate, team and bot."""

import json
from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, BEN, OPS, RANDOM, Api, section


async def test_people_can_be_looked_up(api: Api) -> None:
    """By id, by e-mail and all together; strangers have Slack's two different errors."""
    assert (await api("users.info", user=ADA))["user"]["profile"]["email"] == "ada@example.com"
    found = await api("users.lookupByEmail", email="Ben@example.com")
    assert found["user"]["id"] == BEN
    names = {user["name"] for user in (await api("users.list"))["members"]}
    assert {"ada", "ben", "cleo", "sample"} == names
    assert (await api("users.info", user="U0NOBODY01"))["error"] == "user_not_found"
    missing = await api("users.lookupByEmail", email="x@example.com")
    assert missing["error"] == "users_not_found"


async def test_an_email_needs_its_scope() -> None:
    """Without users:read.email profiles have none."""
    async with Playground(seed={"scopes": ["users:read"]}) as playground, Api(playground) as api:
        assert "email" not in (await api("users.info", user=ADA))["user"]["profile"]


async def test_user_groups(api: Api) -> None:
    """The seeded group and its people."""
    (group,) = (await api("usergroups.list"))["usergroups"]
    assert (group["handle"], "users" in group) == ("operators", False)
    assert (await api("usergroups.users.list", usergroup=group["id"]))["users"] == [ADA, BEN]
    assert (await api("usergroups.users.list", usergroup="S1"))["error"] == "no_such_subteam"


async def test_reactions(playground: Playground, api: Api) -> None:
    """Added once, removed once."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    target = {"channel": OPS, "timestamp": ts, "name": "eyes"}
    assert (await api("reactions.add", **target))["ok"] is True
    (reaction,) = playground.message("ops", ts)["reactions"]
    assert (reaction["name"], reaction["count"]) == ("eyes", 1)
    assert (await api("reactions.add", **target))["error"] == "already_reacted"
    assert (await api("reactions.remove", **target))["ok"] is True
    assert (await api("reactions.remove", **target))["error"] == "no_reaction"
    assert (await api("reactions.add", **{**target, "name": "Not One"}))["error"] == "invalid_name"
    gone = await api("reactions.add", **{**target, "timestamp": "1.000001"})
    assert gone["error"] == "message_not_found"


async def upload(api: Api, content: bytes) -> str:
    begun = await api("files.getUploadURLExternal", filename="t.csv", length=len(content))
    async with api.session.post(begun["upload_url"], data=content) as response:
        assert await response.text() == f"OK - {len(content)}"
    return str(begun["file_id"])


async def test_a_file_is_uploaded_in_three_steps(playground: Playground, api: Api) -> None:
    """Get an address, send the bytes, share it in a channel; then it can be read."""
    file_id = await upload(api, b"a,b")
    files = [{"id": file_id, "title": "Table"}]
    done = await api(
        "files.completeUploadExternal", files=files, channel_id=OPS, initial_comment="here"
    )
    assert done["files"][0]["title"] == "Table"
    (message,) = playground.messages("ops")
    assert (message["text"], message["files"][0]["id"]) == ("here", file_id)
    info = (await api("files.info", file=file_id))["file"]
    assert info["channels"] == [OPS]
    async with api.session.get(info["url_private"]) as response:
        assert (response.content_type, await response.read()) == ("text/csv", b"a,b")
    again = await api("files.completeUploadExternal", files=files)
    assert again["error"] == "file_not_found"


async def test_a_file_goes_only_where_the_bot_is(api: Api) -> None:
    """Sharing elsewhere is refused before anything is done."""
    file_id = await upload(api, b"x")
    files = [{"id": file_id}]
    answer = await api("files.completeUploadExternal", files=files, channel_id=RANDOM)
    assert answer["error"] == "not_in_channel"
    answer = await api("files.completeUploadExternal", files=[{"id": "F1"}])
    assert answer["error"] == "file_not_found"
    assert (await api("files.completeUploadExternal", files=files))["ok"] is True


async def test_an_uploaded_page_is_no_page(api: Api) -> None:
    """What an app uploads is never run in the browser as part of the workspace."""
    begun = await api("files.getUploadURLExternal", filename="x.html", length=1)
    async with api.session.post(begun["upload_url"], data=b"<script>") as response:
        assert response.status == 200
    url = f"{api.playground.page_url}files/{begun['file_id']}"
    async with api.session.get(url) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"blocks": json.dumps([section()])}, None),
        ({"blocks": json.dumps([section("")])}, "invalid_blocks"),
        ({"message": json.dumps({"text": "x"})}, None),
        ({"message": json.dumps({"blocks": [{"type": "x"}]})}, "invalid_message"),
        ({"view": json.dumps({"type": "modal"})}, "invalid_view"),
        ({}, "invalid_arguments"),
        ({"blocks": "[]", "view": "{}"}, "invalid_arguments"),
    ],
)
async def test_blocks_validate(api: Api, sent: dict[str, Any], error: str | None) -> None:
    """It needs no token, takes one of three, and points at what is wrong."""
    _, answer = await api.raw("blocks.validate", token=None, params=sent)
    assert answer.get("error") == error
    if error is not None and error != "invalid_arguments":
        assert answer["errors"][0].keys() >= {"pointer", "code", "message"}


async def test_team_and_bot(api: Api) -> None:
    """Who the workspace and the app are."""
    assert (await api("team.info"))["team"]["domain"] == "playground"
    bot_id = api.playground.state.bot_id
    assert (await api("bots.info", bot=bot_id))["bot"]["app_id"] == "A0SAMPLE001"
    assert (await api("bots.info", bot="B1"))["error"] == "bot_not_found"


async def test_api_test_echoes(api: Api) -> None:
    """api.test says what it heard, or the error it was asked for."""
    assert (await api("api.test", a="1"))["args"] == {"a": "1"}
    assert (await api("api.test", error="my_error"))["error"] == "my_error"

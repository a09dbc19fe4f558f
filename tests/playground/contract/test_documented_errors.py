"""Rule: a method answers with the errors of its own page, and with nothing else where it works."""

from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, ARCHIVE, BEN, CLEO, GENERAL, OPS, RANDOM, Api

TS = "1800000000.000001"
UPLOAD = {"filename": "a.py", "length": 9}


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {"channel": OPS, "oldest": "soon"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": OPS, "latest": "soon"}, "invalid_ts_latest"),
        ("conversations.kick", {"channel": OPS}, "no_user"),
        ("conversations.kick", {"channel": OPS, "user": "U0NOBODY00"}, "user_not_found"),
        ("conversations.kick", {"channel": GENERAL, "user": BEN}, "cant_kick_from_general"),
        ("conversations.invite", {"channel": OPS}, "no_user"),
        ("conversations.invite", {"channel": OPS, "users": BEN}, "already_in_channel"),
        ("conversations.invite", {"channel": OPS, "users": "U0NOBODY00"}, "user_not_found"),
        ("conversations.leave", {"channel": ARCHIVE}, "is_archived"),
        ("conversations.leave", {"channel": GENERAL}, "cant_leave_general"),
        ("conversations.setTopic", {"channel": OPS, "topic": "x" * 251}, "too_long"),
        ("conversations.setTopic", {"channel": ARCHIVE, "topic": "x"}, "is_archived"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.list", {"types": "dm"}, "invalid_types"),
        ("conversations.list", {"limit": 1001}, "invalid_limit"),
        ("conversations.list", {"limit": -1}, "invalid_limit"),
        ("files.getUploadURLExternal", {**UPLOAD, "length": 0}, "missing_argument"),
        ("files.getUploadURLExternal", {**UPLOAD, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        (
            "files.getUploadURLExternal",
            {**UPLOAD, "length": 2**20 + 1, "snippet_type": "python"},
            "snippet_too_large",
        ),
        ("files.getUploadURLExternal", {**UPLOAD, "snippet_type": "python"}, None),
        ("chat.scheduleMessage", {"channel": OPS, "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postEphemeral", {"channel": OPS, "user": ADA, "text": "x" * 40_001}, "msg_too_long"),
        ("reactions.add", {"channel": ARCHIVE, "timestamp": TS, "name": "eyes"}, "is_archived"),
        (
            "bookmarks.add",
            {"channel_id": OPS, "title": "x", "type": "link", "link": "x"},
            "invalid_link",
        ),
        (
            "bookmarks.add",
            {
                "channel_id": OPS,
                "title": "x",
                "type": "link",
                "link": "https://a.test",
                "emoji": "tada",
            },
            "invalid_emoji",
        ),
        (
            "bookmarks.add",
            {
                "channel_id": OPS,
                "title": "x",
                "type": "link",
                "link": "https://a.test",
                "emoji": ":ご飯:",
            },
            None,
        ),
        ("usergroups.create", {"name": "x", "handle": "ada"}, "handle_already_exists"),
        ("usergroups.create", {"name": "x", "handle": "ops"}, "handle_already_exists"),
        ("agents.sessions.setStatus", {"channel_id": OPS, "status": "lost"}, "invalid_status"),
        (
            "agents.sessions.setStatus",
            {"channel_id": RANDOM, "status": "active", "thread_ts": TS},
            "not_authorized",
        ),
        (
            "agents.sessions.setStatus",
            {
                "channel_id": OPS,
                "status": "active",
                "thread_ts": TS,
                "initiator_user_id": "U0NOBODY00",
            },
            "user_not_found",
        ),
    ],
)
async def test_an_error_is_that_of_its_page(
    playground: Playground, api: Api, method: str, arguments: dict[str, Any], error: str | None
) -> None:
    """What is missing, too long, of others or in the wrong place."""
    playground.channel("old-news").is_archived = False
    posted = await api("chat.postMessage", channel=ARCHIVE, text="x")
    playground.channel("old-news").is_archived = True
    later = int(playground.workspace.clock.now()) + 60
    if arguments.get("timestamp") == TS:
        arguments = {**arguments, "timestamp": posted["ts"]}
    answer = await api(method, **{"post_at": later, **arguments})
    assert answer.get("error") == error


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"status_text": "x" * 101}, "too_long"),
        ({"display_name": "@ada"}, "invalid_starts_with_at"),
        ({"real_name": "https://a.test"}, "name_not_allowed"),
        ({"status_text": ""}, "must_clear_both_status_text_and_status_emoji"),
        ({"status_text": "", "status_emoji": ""}, None),
        ({"status_text": "", "status_emoji": ":tea:"}, None),
        ({"email": "x@a.test"}, "profile_set_failed"),
    ],
)
async def test_a_profile_has_its_rules(
    playground: Playground, changes: dict[str, str], error: str | None
) -> None:
    """A status goes as a whole, and a name is a name."""
    async with Api(playground, playground.user_token) as ada:
        status = {"status_text": "Lunch", "status_emoji": ":soup:"}
        assert (await ada("users.profile.set", profile=status))["ok"] is True
        assert (await ada("users.profile.set", profile=changes)).get("error") == error


async def test_the_last_one_stays(playground: Playground, api: Api) -> None:
    """Nobody leaves a channel empty."""
    channel = (await api("conversations.create", name="kitchen"))["channel"]["id"]
    assert (await api("conversations.leave", channel=channel))["error"] == "last_member"
    await api("conversations.invite", channel=channel, users=f"{CLEO},U0NOBODY00", force=True)
    assert CLEO in playground.channel("kitchen").members
    assert (await api("conversations.leave", channel=channel))["ok"] is True


@pytest.mark.parametrize(
    ("scope", "method", "arguments"),
    [
        ("channels:write.topic", "conversations.setTopic", {"topic": "x"}),
        ("channels:write.topic", "conversations.setPurpose", {"purpose": "x"}),
        ("channels:write.invites", "conversations.invite", {"users": "U0NOBODY00"}),
    ],
)
async def test_a_narrow_scope_suffices(scope: str, method: str, arguments: dict[str, str]) -> None:
    """For its own part of a channel, and no other."""
    async with Playground(seed={"scopes": [scope]}) as playground, Api(playground) as api:
        answer = await api(method, channel=OPS, **arguments)
        assert answer.get("error") in (None, "user_not_found")
        other = await api("conversations.archive", channel=OPS)
    assert other["error"] == "missing_scope"


async def test_an_ephemeral_message_keeps_no_event(playground: Playground, api: Api) -> None:
    """Its metadata may be Work Objects alone; anything else of it is ignored."""
    place = {"channel": OPS, "user": ADA, "text": "x"}
    event = {"event_type": "made", "event_payload": {"deep": {"er": {"est": 1}}}}
    assert (await api("chat.postEphemeral", **place, metadata=event))["ok"] is True
    assert "metadata" not in playground.ephemerals("ada", "ops")[-1]


@pytest.mark.parametrize(
    ("sent", "warning"),
    [
        ({"text": "x"}, None),
        ({"markdown_text": "x"}, None),
        ({"blocks": [{"type": "divider"}]}, "missing_text_in_message"),
        ({"text": "x" * 40_001}, "message_truncated"),
    ],
)
async def test_a_post_is_warned_of(api: Api, sent: dict[str, Any], warning: str | None) -> None:
    """Without a text, which screen readers need, and with one that was cut."""
    answer = await api("chat.postMessage", channel=OPS, **sent)
    assert (answer["ok"], answer.get("warning")) == (True, warning)
    warnings = None if warning is None else {"warnings": [warning]}
    assert answer.get("response_metadata") == warnings


async def test_a_socket_is_asked_for_by_post(playground: Playground, api: Api) -> None:
    """Other methods come by GET as well."""
    headers = {"Authorization": f"Bearer {playground.app_token}"}
    url = f"{playground.api_url}apps.connections.open"
    async with api.session.get(url, headers=headers) as response:
        assert await response.json() == {"ok": False, "error": "insecure_request"}
    headers = {"Authorization": f"Bearer {playground.bot_token}"}
    async with api.session.get(f"{playground.api_url}auth.test", headers=headers) as response:
        assert (await response.json())["ok"] is True


@pytest.mark.parametrize(
    ("said", "is_true"),
    [("1", True), ("TRUE", True), ("on", True), ("0", False), ("False", False), ("", False)],
)
async def test_a_flag_may_be_a_text(api: Api, said: str, is_true: bool) -> None:
    """Everything is true but the few words that mean false."""
    _, answer = await api.raw(
        "conversations.info", params={"channel": OPS, "include_num_members": said}
    )
    assert ("num_members" in answer["channel"]) is is_true


@pytest.mark.parametrize("users", [True, 10**20, 1.5, [[]], [{"id": ADA}], {}, "[", "[1"])
async def test_a_list_of_anything_is_answered(api: Api, users: Any) -> None:
    """What is no list of words is refused, whatever it is."""
    for method, name in (
        ("conversations.open", "users"),
        ("dnd.teamInfo", "users"),
        ("canvases.access.delete", "user_ids"),
        ("files.completeUploadExternal", "files"),
    ):
        response, answer = await api.raw(method, json={name: users})
        assert (response.status, method == "dnd.teamInfo" or not answer["ok"]) == (200, True)

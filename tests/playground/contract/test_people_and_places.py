"""Rule: whom the bot may write to, and which scope each kind of channel takes."""

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, BEN, BOT, CLEO, GENERAL, OPS, Api


async def test_a_bot_writes_to_no_bot(playground: Playground, api: Api) -> None:
    """There is no direct message between bots, the app's own included; nothing is opened."""
    known = len(playground.state.channels)
    assert (await api("chat.postMessage", channel=BOT, text="x"))["error"] == "cannot_dm_bot"
    assert (await api("conversations.open", users=BOT))["error"] == "cannot_dm_bot"
    assert len(playground.state.channels) == known


async def test_a_group_has_nine_members_at_most() -> None:
    """conversations.open takes eight people beside the bot."""
    people = [{"id": f"U{n}", "name": f"p{n}", "real_name": "P"} for n in range(9)]
    ids = [one["id"] for one in people]
    seed = {"users": people}
    async with Playground(seed=seed, limits="off") as playground, Api(playground) as api:
        assert (await api("conversations.open", users=",".join(ids[:8])))["ok"] is True
        answer = await api("conversations.open", users=",".join(ids))
    assert answer["error"] == "too_many_users"


@pytest.mark.parametrize(
    ("method", "arguments", "needed"),
    [
        ("conversations.open", {"users": ADA}, "im:write"),
        ("conversations.open", {"users": f"{ADA},{BEN}"}, "mpim:write"),
        ("conversations.create", {"name": "new"}, "channels:manage"),
        ("conversations.create", {"name": "new", "is_private": True}, "groups:write"),
        ("conversations.archive", {"channel": OPS}, "channels:manage"),
        ("conversations.invite", {"channel": OPS, "users": CLEO}, "channels:manage"),
        ("conversations.kick", {"channel": OPS, "user": CLEO}, "channels:manage"),
        ("conversations.leave", {"channel": OPS}, "channels:manage"),
        ("conversations.rename", {"channel": OPS, "name": "x"}, "channels:manage"),
        ("conversations.unarchive", {"channel": OPS}, "channels:manage"),
        ("conversations.setTopic", {"channel": OPS, "topic": "x"}, "channels:manage"),
        ("conversations.setPurpose", {"channel": OPS, "purpose": "x"}, "channels:manage"),
    ],
)
async def test_each_kind_of_channel_has_a_scope_of_its_own(
    method: str, arguments: dict[str, object], needed: str
) -> None:
    """The scope of another kind of channel opens the method and not this channel."""
    all_four = {"im:write", "mpim:write", "channels:manage", "groups:write"}
    for scopes, is_fit in ((all_four - {needed}, False), ({needed}, True)):
        seed = {"scopes": sorted(scopes)}
        async with Playground(seed=seed, limits="off") as playground, Api(playground) as api:
            answer = await api(method, **arguments)
        assert answer.get("error") != "missing_scope" if is_fit else answer["needed"] == needed


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.archive", {}, "cant_archive_general"),
        ("conversations.leave", {}, "cant_leave_general"),
        ("conversations.kick", {"user": BEN}, "cant_kick_from_general"),
    ],
)
async def test_everybody_stays_in_general(
    api: Api, method: str, arguments: dict[str, str], error: str
) -> None:
    """The workspace's first channel is never archived and never left."""
    assert (await api(method, channel=GENERAL, **arguments))["error"] == error


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("a" * 81, "invalid_name_maxlength"),
        ("Ops", "invalid_name_specials"),
        ("--_", "invalid_name_punctuation"),
        ("", "invalid_name_required"),
    ],
)
async def test_a_channel_name_is_checked(api: Api, name: str, error: str) -> None:
    """Each fault of a name has a word of its own."""
    assert (await api("conversations.create", name=name))["error"] == error


async def test_channels_of_nobody_are_none(api: Api) -> None:
    """users.conversations of a person who does not exist is refused, not empty."""
    assert (await api("users.conversations", user="U404"))["error"] == "user_not_found"

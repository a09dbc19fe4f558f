"""Rule: where the bot may read and write, and the error where it may not."""

from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, ARCHIVE, BOARD, OPS, RANDOM, Api

TS = "1800000000.000001"


@pytest.mark.parametrize(
    ("method", "arguments", "in_archive", "in_private", "where_it_is_not"),
    [
        ("chat.postMessage", {"text": "x"}, "is_archived", "channel_not_found", "not_in_channel"),
        (
            "chat.postEphemeral",
            {"text": "x", "user": ADA},
            "is_archived",
            "channel_not_found",
            "not_in_channel",
        ),
        (
            "chat.update",
            {"text": "x", "ts": TS},
            "message_not_found",
            "channel_not_found",
            "message_not_found",
        ),
        ("chat.delete", {"ts": TS}, "message_not_found", "channel_not_found", "message_not_found"),
        ("conversations.history", {}, None, "channel_not_found", "not_in_channel"),
        ("conversations.info", {}, None, "channel_not_found", None),
        ("conversations.members", {}, None, "channel_not_found", None),
        ("conversations.join", {}, "is_archived", "channel_not_found", None),
    ],
)
async def test_where_the_bot_may_act(
    method: str,
    arguments: dict[str, Any],
    in_archive: str | None,
    in_private: str | None,
    where_it_is_not: str | None,
) -> None:
    """Archived, private and unjoined channels each have their answer."""
    async with (
        Playground(seed={"scopes": SCOPES}, limits="off") as playground,
        Api(playground) as api,
    ):
        for channel, error in (
            (OPS, None if "ts" not in arguments else "message_not_found"),
            (ARCHIVE, in_archive),
            (BOARD, in_private),
            (RANDOM, where_it_is_not),
        ):
            answer = await api(method, channel=channel, **arguments)
            assert (channel, answer.get("error")) == (channel, error)


SCOPES = [
    "chat:write",
    "channels:read",
    "channels:history",
    "channels:join",
    "groups:read",
    "groups:history",
]


async def test_public_posting_needs_no_joining_with_its_scope(api: Api) -> None:
    """chat:write.public opens every public channel for writing."""
    assert (await api("chat.postMessage", channel=RANDOM, text="x"))["ok"] is True
    assert (await api("chat.postMessage", channel=BOARD, text="x"))["error"] == "channel_not_found"


async def test_an_edit_in_an_archive_is_inactive(playground: Playground, api: Api) -> None:
    """A channel archived after posting refuses edits with another word than posts."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    playground.channel("ops").is_archived = True
    assert (await api("chat.update", channel=OPS, ts=ts, text="y"))["error"] == "is_inactive"


async def test_direct_messages_need_the_messages_tab() -> None:
    """An app without a Messages tab cannot write to people."""
    manifest = {"display_information": {"name": "X"}, "oauth_config": {"scopes": {"bot": SCOPES}}}
    async with Playground(manifest=manifest) as playground, Api(playground) as api:
        answer = await api("chat.postMessage", channel=ADA, text="x")
    assert answer["error"] == "messages_tab_disabled"

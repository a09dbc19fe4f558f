from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, ARCHIVE, BOARD, OPS, RANDOM, Api, actions, button, section


async def test_a_post_answers_what_stands_in_the_channel(playground: Playground, api: Api) -> None:
    """The answer's message is the stored one, written by the bot."""
    answer = await api("chat.postMessage", channel=OPS, text="hello")
    assert answer["ok"] is True
    assert answer["channel"] == OPS
    assert playground.messages("ops") == [answer["message"]]
    assert answer["message"]["user"] == playground.state.bot_user_id
    assert answer["message"]["bot_id"] == playground.state.bot_id


async def test_timestamps_only_grow(api: Api) -> None:
    """Two posts at the same instant get different timestamps, in order."""
    stamps = [(await api("chat.postMessage", channel=OPS, text="x"))["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))
    assert all(len(ts.partition(".")[2]) == 6 for ts in stamps)


async def test_blocks_are_stored_complete(api: Api) -> None:
    """Missing block ids, emoji and verbatim are filled in, as Slack does."""
    answer = await api("chat.postMessage", channel=OPS, blocks=[section(), actions(button())])
    first, second = answer["message"]["blocks"]
    assert first["block_id"]
    assert first["text"]["verbatim"] is False
    assert second["elements"][0]["text"]["emoji"] is True


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE1", "text": "x"}, "channel_not_found"),
        ({"channel": BOARD, "text": "x"}, "channel_not_found"),
        ({"channel": ARCHIVE, "text": "x"}, "is_archived"),
        ({"channel": OPS}, "no_text"),
        ({"channel": OPS, "text": ""}, "no_text"),
        ({"channel": OPS, "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": OPS, "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"channel": OPS, "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"channel": OPS, "markdown_text": "y" * 12_001}, "msg_too_long"),
        ({"channel": OPS, "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"channel": OPS, "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
    ],
)
async def test_what_slack_refuses_is_refused(
    api: Api, arguments: dict[str, Any], error: str
) -> None:
    """A post that Slack would not take gets Slack's error, with HTTP 200."""
    response, answer = await api.raw("chat.postMessage", json=arguments)
    assert (response.status, answer["ok"], answer["error"]) == (200, False, error)


async def test_too_much_metadata_is_refused(api: Api) -> None:
    """Metadata beyond the limit is an error of its own."""
    metadata = {"event_type": "t", "event_payload": {"a": "x" * 50_000}}
    answer = await api("chat.postMessage", channel=OPS, text="x", metadata=metadata)
    assert answer["error"] == "metadata_too_large"


async def test_bad_blocks_are_pointed_at(api: Api) -> None:
    """invalid_blocks says where, in `errors` and in `response_metadata.messages`."""
    answer = await api("chat.postMessage", channel=OPS, blocks=[section("")])
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"][0].endswith("[json-pointer:/blocks/0/text/text]")
    assert answer["response_metadata"]["messages"] == [
        f"[ERROR] {line}" for line in answer["errors"]
    ]


async def test_a_channel_the_bot_is_not_in_needs_a_scope() -> None:
    """Public channels take posts of a stranger only with chat:write.public."""
    for scopes, expected in (
        (["chat:write"], "not_in_channel"),
        (["chat:write", "chat:write.public"], None),
    ):
        seeded = Playground(limits="off", seed={"scopes": scopes})
        async with seeded as playground, Api(playground) as api:
            answer = await api("chat.postMessage", channel=RANDOM, text="x")
        assert answer.get("error") == expected


async def test_a_channel_can_be_named(playground: Playground, api: Api) -> None:
    """chat.postMessage takes `#name`; a person's id is their direct message."""
    assert (await api("chat.postMessage", channel="#ops", text="x"))["channel"] == OPS
    answer = await api("chat.postMessage", channel=ADA, text="x")
    assert answer["channel"] == playground.im("ada").id


async def test_direct_messages_need_the_messages_tab() -> None:
    """An app whose manifest leaves the Messages tab off cannot write to people."""
    manifest = {
        "display_information": {"name": "Sample"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    async with Playground(manifest=manifest) as playground, Api(playground) as api:
        answer = await api("chat.postMessage", channel=ADA, text="x")
    assert answer["error"] == "messages_tab_disabled"


async def test_long_text_is_cut_in_posts_and_refused_in_edits(api: Api) -> None:
    """Slack cuts at 40,000 characters when posting, but refuses more than 4,000 in an edit."""
    posted = await api("chat.postMessage", channel=OPS, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    edited = await api("chat.update", channel=OPS, ts=posted["ts"], text="x" * 4_001)
    assert edited["error"] == "msg_too_long"


async def test_text_alone_takes_the_blocks_away(api: Api) -> None:
    """An edit of the text removes the blocks and marks the message as edited."""
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=[section()]))["ts"]
    message = (await api("chat.update", channel=OPS, ts=ts, text="y"))["message"]
    assert message["text"] == "y"
    assert "blocks" not in message
    assert message["edited"]["user"] == message["user"]


async def test_blocks_alone_keep_the_text(api: Api) -> None:
    """An edit of the blocks leaves the text and shows no "(edited)"."""
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=[section()]))["ts"]
    message = (await api("chat.update", channel=OPS, ts=ts, blocks=[section("new")]))["message"]
    assert message["text"] == "x"
    assert message["blocks"][0]["text"]["text"] == "new"
    assert "edited" not in message


async def test_an_empty_list_clears_the_blocks(api: Api) -> None:
    """`blocks: []` is not the same as no blocks."""
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=[section()]))["ts"]
    message = (await api("chat.update", channel=OPS, ts=ts, blocks=[]))["message"]
    assert "blocks" not in message


async def test_metadata_outlives_an_edit(api: Api) -> None:
    """Metadata stays unless the edit sends its own."""
    metadata = {"event_type": "task", "event_payload": {"id": "1"}}
    ts = (await api("chat.postMessage", channel=OPS, text="x", metadata=metadata))["ts"]
    kept = (await api("chat.update", channel=OPS, ts=ts, text="y"))["message"]
    assert kept["metadata"] == metadata
    cleared = (await api("chat.update", channel=OPS, ts=ts, text="y", metadata={}))["message"]
    assert "metadata" not in cleared


async def test_only_own_messages_can_be_changed(playground: Playground, api: Api) -> None:
    """Neither a person's message nor an ephemeral one is the bot's to edit or delete."""
    written = playground.write("ada", "ops", "mine").answer["message"]["ts"]
    shown = await api("chat.postEphemeral", channel=OPS, user=ADA, text="psst")
    for ts in (written, shown["message_ts"]):
        assert (await api("chat.update", channel=OPS, ts=ts, text="y"))["error"] == (
            "cant_update_message"
        )
        assert (await api("chat.delete", channel=OPS, ts=ts))["error"] == "cant_delete_message"
    gone = await api("chat.update", channel=OPS, ts="1.000001", text="y")
    assert gone["error"] == "message_not_found"


async def test_an_edit_in_an_archived_channel_is_refused(playground: Playground, api: Api) -> None:
    """chat.update calls an archived channel inactive, where posting says is_archived."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    playground.channel("ops").is_archived = True
    assert (await api("chat.update", channel=OPS, ts=ts, text="y"))["error"] == "is_inactive"


async def test_rich_text_cannot_become_something_else(api: Api) -> None:
    """Slack refuses to replace rich text by other blocks."""
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
    }
    ts = (await api("chat.postMessage", channel=OPS, blocks=[rich]))["ts"]
    answer = await api("chat.update", channel=OPS, ts=ts, blocks=[section()])
    assert answer["error"] == "block_mismatch"


async def test_a_deleted_message_is_gone(playground: Playground, api: Api) -> None:
    """Deleting works once and leaves nothing."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    assert (await api("chat.delete", channel=OPS, ts=ts))["ok"] is True
    assert playground.messages("ops") == []
    assert (await api("chat.delete", channel=OPS, ts=ts))["error"] == "message_not_found"


async def test_a_deleted_parent_leaves_a_tombstone(playground: Playground, api: Api) -> None:
    """A thread keeps its place when its first message is deleted."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    await api("chat.postMessage", channel=OPS, text="reply", thread_ts=ts)
    await api("chat.delete", channel=OPS, ts=ts)
    assert playground.messages("ops")[0]["subtype"] == "tombstone"
    assert len(playground.replies("ops", ts)) == 1


async def test_replies_stand_in_the_thread(playground: Playground, api: Api) -> None:
    """A reply is counted at its parent and shows in the channel only when broadcast."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    reply = await api("chat.postMessage", channel=OPS, text="quiet", thread_ts=ts)
    loud = await api(
        "chat.postMessage", channel=OPS, text="loud", thread_ts=reply["ts"], reply_broadcast=True
    )
    assert [one["text"] for one in playground.messages("ops")] == ["x", "loud"]
    parent = playground.message("ops", ts)
    assert (parent["reply_count"], parent["latest_reply"]) == (2, loud["ts"])
    assert loud["message"]["thread_ts"] == ts


async def test_an_ephemeral_message_is_seen_by_one(playground: Playground, api: Api) -> None:
    """Only the person named sees it, and they must be in the channel."""
    answer = await api("chat.postEphemeral", channel=OPS, user=ADA, text="psst")
    assert [one["ts"] for one in playground.ephemerals("ada", "ops")] == [answer["message_ts"]]
    assert playground.ephemerals("ben", "ops") == []
    stranger = await api("chat.postEphemeral", channel=OPS, user="U0NOBODY01", text="psst")
    assert stranger["error"] == "user_not_in_channel"


async def test_a_permalink_leads_to_the_message(playground: Playground, api: Api) -> None:
    """The link has the shape of Slack's, on this machine."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    answer = await api("chat.getPermalink", channel=OPS, message_ts=ts)
    assert answer["permalink"] == f"{playground.page_url}archives/{OPS}/p{ts.replace('.', '')}"
    missing = await api("chat.getPermalink", channel=OPS, message_ts="1.000001")
    assert missing["error"] == "message_not_found"

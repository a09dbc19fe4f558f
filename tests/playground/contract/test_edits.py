"""Rule: what chat.update keeps, removes and refuses."""

from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, section

METADATA = {"event_type": "task", "event_payload": {"id": "1"}}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}


async def posted(api: Api, **fields: object) -> str:
    return str((await api("chat.postMessage", channel=OPS, **{"text": "x", **fields}))["ts"])


async def test_text_alone_removes_the_blocks(playground: Playground, api: Api) -> None:
    """And marks the message as edited."""
    ts = await posted(api, blocks=[section()])
    await api("chat.update", channel=OPS, ts=ts, text="y")
    message = playground.message("ops", ts)
    assert ("blocks" in message, message["text"], "edited" in message) == (False, "y", True)


async def test_blocks_alone_leave_the_text(playground: Playground, api: Api) -> None:
    """And no mark of editing."""
    ts = await posted(api)
    await api("chat.update", channel=OPS, ts=ts, blocks=[section()])
    message = playground.message("ops", ts)
    assert (message["text"], "edited" in message) == ("x", False)


async def test_an_empty_list_clears_the_blocks(playground: Playground, api: Api) -> None:
    """`blocks: []` is not the same as no `blocks`."""
    ts = await posted(api, blocks=[section()])
    await api("chat.update", channel=OPS, ts=ts, text="x", blocks=[])
    assert "blocks" not in playground.message("ops", ts)


async def test_metadata_stays_unless_sent(playground: Playground, api: Api) -> None:
    """An empty object takes it off."""
    ts = await posted(api, metadata=METADATA)
    await api("chat.update", channel=OPS, ts=ts, text="y")
    assert playground.message("ops", ts)["metadata"] == METADATA
    await api("chat.update", channel=OPS, ts=ts, text="z", metadata={})
    assert "metadata" not in playground.message("ops", ts)


async def test_long_text_is_cut_in_posts_and_refused_in_edits(
    playground: Playground, api: Api
) -> None:
    """40,000 when posting, 4,000 when editing."""
    ts = await posted(api, text="x" * 40_001)
    assert len(playground.message("ops", ts)["text"]) == 40_000
    for length, error in ((4_000, None), (4_001, "msg_too_long")):
        answer = await api("chat.update", channel=OPS, ts=ts, text="x" * length)
        assert answer.get("error") == error


async def test_others_messages_are_theirs(playground: Playground, api: Api) -> None:
    """A person's message can be neither edited nor deleted by the bot."""
    ts = playground.write("ada", "ops", "mine").answer["message"]["ts"]
    edited = await api("chat.update", channel=OPS, ts=ts, text="y")
    deleted = await api("chat.delete", channel=OPS, ts=ts)
    assert (edited["error"], deleted["error"]) == ("cant_update_message", "cant_delete_message")


async def test_an_ephemeral_message_cannot_be_edited(api: Api) -> None:
    """Nor deleted: only its response URL can."""
    ts = (await api("chat.postEphemeral", channel=OPS, user=ADA, text="x"))["message_ts"]
    edited = await api("chat.update", channel=OPS, ts=ts, text="y")
    deleted = await api("chat.delete", channel=OPS, ts=ts)
    assert (edited["error"], deleted["error"]) == ("cant_update_message", "cant_delete_message")


async def test_rich_text_stays_rich(api: Api) -> None:
    """Replacing it by other blocks is block_mismatch."""
    ts = await posted(api, blocks=[RICH])
    answer = await api("chat.update", channel=OPS, ts=ts, text="y", blocks=[section()])
    assert answer["error"] == "block_mismatch"


async def test_an_edit_says_something(api: Api) -> None:
    """Neither text nor blocks nor attachments is no_text."""
    ts = await posted(api)
    assert (await api("chat.update", channel=OPS, ts=ts))["error"] == "no_text"

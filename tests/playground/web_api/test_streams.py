from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, section

SAID = {"type": "markdown_text", "text": "x"}
RECIPIENT = {"recipient_user_id": ADA, "recipient_team_id": "T0PLAYGRND"}


@pytest.fixture
async def thread(playground: Playground) -> str:
    """The timestamp of a question of Ada's."""
    return str(playground.write("ada", "ops", "why?").answer["message"]["ts"])


async def start(api: Api, thread: str, **fields: Any) -> Any:
    return await api("chat.startStream", channel=OPS, thread_ts=thread, **RECIPIENT, **fields)


async def test_words_grow_and_end(playground: Playground, api: Api, thread: str) -> None:
    """Start, append and stop write one reply in the thread."""
    ts = (await start(api, thread, markdown_text="Be"))["ts"]
    assert (await api("chat.appendStream", channel=OPS, ts=ts, markdown_text="cause"))["ok"]
    assert playground.replies("ops", thread)[0]["streaming_state"] == "in_progress"
    stopped = await api("chat.stopStream", channel=OPS, ts=ts, blocks=[section("done")])
    (reply,) = playground.replies("ops", thread)
    assert (reply["text"], reply["streaming_state"]) == ("Because", "completed")
    assert [block["type"] for block in reply["blocks"]] == ["markdown", "section"]
    assert stopped["message"] == reply


@pytest.mark.parametrize(
    ("mode", "kinds"), [("timeline", ["task_card", "task_card"]), ("plan", ["plan"])]
)
async def test_tasks_are_drawn_by_mode(
    playground: Playground, api: Api, thread: str, mode: str, kinds: list[str]
) -> None:
    """A task changes by its id, its details grow, and a plan holds all."""
    first = {"type": "task_update", "id": "1", "title": "Look", "status": "in_progress"}
    ts = (await start(api, thread, task_display_mode=mode, chunks=[first]))["ts"]
    chunks = [
        {**first, "status": "complete", "details": "a"},
        {**first, "status": "complete", "details": "b"},
        {**first, "id": "2"},
        {"type": "plan_update", "title": "Research"},
    ]
    assert (await api("chat.appendStream", channel=OPS, ts=ts, chunks=chunks))["ok"]
    blocks = playground.replies("ops", thread)[0]["blocks"]
    assert [block["type"] for block in blocks] == kinds
    task = blocks[0]["tasks"][0] if mode == "plan" else blocks[0]
    assert task["details"]["elements"][0]["elements"][0]["text"] == "ab"


async def test_what_a_stream_refuses(playground: Playground, api: Api, thread: str) -> None:
    """Recipients, chunks, messages that are none or not its own, and edits meanwhile."""
    bare = await api("chat.startStream", channel=OPS, thread_ts=thread)
    assert bare["error"] == "missing_recipient_user_id"
    for chunk in ({"type": "x"}, {"type": "task_update", "id": "1", "status": "lost"}, "x"):
        assert (await start(api, thread, chunks=[chunk]))["error"] == "invalid_chunks"
    ts = (await start(api, thread, markdown_text="x"))["ts"]
    edit = await api("chat.update", channel=OPS, ts=ts, text="y")
    assert edit["error"] == "streaming_state_conflict"
    other = await api("chat.appendStream", channel=OPS, ts=thread, markdown_text="x")
    assert other["error"] == "message_not_owned_by_app"
    await api("chat.stopStream", channel=OPS, ts=ts)
    late = await api("chat.appendStream", channel=OPS, ts=ts, markdown_text="x")
    assert late["error"] == "message_not_in_streaming_state"
    assert (await api("chat.update", channel=OPS, ts=ts, text="y"))["ok"] is True


async def test_too_many_blocks_change_nothing(
    playground: Playground, api: Api, thread: str
) -> None:
    """An append that does not fit is refused whole."""
    ts = (await start(api, thread, chunks=[SAID]))["ts"]
    chunks = [{"type": "blocks", "blocks": [{"type": "divider"}] * 50}]
    answer = await api("chat.appendStream", channel=OPS, ts=ts, chunks=chunks)
    assert answer["error"] == "msg_blocks_too_many"
    assert len(playground.replies("ops", thread)[0]["blocks"]) == 1


async def test_what_does_not_fit_changes_nothing(
    playground: Playground, api: Api, thread: str
) -> None:
    """A refused piece leaves the stream as it was, good for going on."""
    ts = (await start(api, thread, chunks=[{**SAID, "text": "Be"}]))["ts"]
    many = [{"type": "blocks", "blocks": [section(str(n)) for n in range(50)]}]
    refused = await api("chat.appendStream", channel=OPS, ts=ts, chunks=many)
    assert refused["error"] == "msg_blocks_too_many"
    more = [{**SAID, "text": "cause"}]
    assert (await api("chat.appendStream", channel=OPS, ts=ts, chunks=more))["ok"]
    assert playground.replies("ops", thread)[0]["text"] == "Because"


async def test_a_stream_goes_on_as_it_began(playground: Playground, api: Api, thread: str) -> None:
    """With words or with chunks, never both; blocks at its end have a limit of their own."""
    place = {"channel": OPS, "ts": (await start(api, thread, chunks=[SAID]))["ts"]}
    for said, error in (
        ({"markdown_text": "x"}, "streaming_mode_mismatch"),
        ({"markdown_text": "x", "chunks": [SAID]}, "cannot_provide_both_markdown_text_and_chunks"),
        ({}, "markdown_text_or_chunks_required"),
        ({"chunks": [{"type": "blocks", "blocks": [{"type": "divider"}] * 49}]}, None),
    ):
        assert (await api("chat.appendStream", **place, **said)).get("error") == error
    stopped = await api("chat.stopStream", **place, blocks=[{"type": "divider"}] * 50)
    assert len(stopped["message"]["blocks"]) == 100
    stranger = {**RECIPIENT, "recipient_user_id": "U0NOBODY00"}
    nobody = await api("chat.startStream", channel=OPS, thread_ts=thread, **stranger)
    assert nobody["error"] == "user_not_found"

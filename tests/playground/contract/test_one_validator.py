"""Rule: chat.*, views.* and blocks.validate share one validator and its pointers."""

import json
from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, modal, plain, section

WRONG: list[tuple[dict[str, Any], str]] = [
    (section(""), "/text/text"),
    ({"type": "header", "text": plain("x" * 151)}, "/text/text"),
    ({"type": "divider", "nonsense": 1}, ""),
    ({"type": "image", "alt_text": "x"}, ""),
]


@pytest.mark.parametrize(("block", "place"), WRONG, ids=["short", "long", "extra", "missing"])
async def test_the_same_fault_has_the_same_words_everywhere(
    block: dict[str, Any], place: str, playground: Playground, api: Api
) -> None:
    """Only the root of the pointer and the name of the error differ."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    posted = await api("chat.postMessage", channel=OPS, text="x", blocks=[block])
    edited = await api("chat.update", channel=OPS, ts=ts, text="x", blocks=[block])
    whispered = await api("chat.postEphemeral", channel=OPS, user=ADA, text="x", blocks=[block])
    trigger = playground.workspace.triggers.issue(playground.state, ADA)
    opened = await api("views.open", trigger_id=trigger, view=modal(block))
    home = await api("views.publish", user_id=ADA, view={"type": "home", "blocks": [block]})
    checked = await api("blocks.validate", blocks=json.dumps([block]))

    (problem,) = checked["errors"]
    assert problem["pointer"] == f"/0{place}"
    line = f"{problem['message']} [json-pointer:/blocks{problem['pointer']}]"
    for answer in (posted, edited, whispered):
        assert (answer["error"], answer["errors"]) == ("invalid_blocks", [line])
        assert answer["response_metadata"]["messages"] == [f"[ERROR] {line}"]
    in_view = line.replace("/blocks", "/view/blocks")
    for answer in (opened, home):
        assert answer["error"] == "invalid_arguments"
        assert answer["response_metadata"]["messages"] == [f"[ERROR] {in_view}"]


@pytest.mark.parametrize(("count", "is_fine"), [(50, True), (51, False)])
async def test_a_message_takes_fifty_blocks(api: Api, count: int, is_fine: bool) -> None:
    """One more is invalid_blocks."""
    blocks = [{"type": "divider"}] * count
    assert (await api("chat.postMessage", channel=OPS, text="x", blocks=blocks))["ok"] is is_fine


@pytest.mark.parametrize(("count", "is_fine"), [(100, True), (101, False)])
async def test_a_home_takes_a_hundred_blocks(api: Api, count: int, is_fine: bool) -> None:
    """One more is invalid_arguments."""
    view = {"type": "home", "blocks": [{"type": "divider"}] * count}
    assert (await api("views.publish", user_id=ADA, view=view))["ok"] is is_fine

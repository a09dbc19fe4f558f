"""What Slack makes of blocks when it stores them."""

import copy

import pytest
from slack_playground.blocks import normalise_blocks, validate_blocks, walk_text_objects

from tests.playground.blocks.gallery import BLOCKS, block
from tests.playground.blocks.parts import Json, mrkdwn


def test_what_is_missing_is_added():
    """Ids are made and the flags of text objects spelled out."""
    (stored,) = normalise_blocks(
        [
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": "x"},
                "accessory": {"type": "button", "text": {"type": "plain_text", "text": "Go"}},
            }
        ]
    )
    assert stored["text"] == {"type": "mrkdwn", "text": "x", "verbatim": False}
    assert stored["accessory"]["text"] == {"type": "plain_text", "text": "Go", "emoji": True}
    assert stored["block_id"]
    assert stored["accessory"]["action_id"]


@pytest.mark.parametrize("name", BLOCKS)
def test_what_is_there_stays(name):
    """A block that says everything is stored as it is, and what was sent is not touched."""
    sent = [block(name)]
    before = copy.deepcopy(sent)
    (stored,) = normalise_blocks(sent)
    assert before == sent
    assert before[0].items() <= {**stored, **_of_nested_blocks(before[0])}.items()


def _of_nested_blocks(value):
    """Blocks inside blocks get ids of their own; the rest of this test looks past them."""
    return {name: value[name] for name in ("elements", "child_blocks") if name in value}


def test_ids_differ_between_equal_blocks():
    """Two dividers get two ids, and none that is taken."""
    first, second = normalise_blocks([{"type": "divider"}, {"type": "divider"}])
    assert first["block_id"] != second["block_id"]
    (other, third) = normalise_blocks([first, {"type": "divider"}])
    assert other["block_id"] != third["block_id"]


def test_buttons_in_one_block_get_their_own_ids():
    """Equal buttons can be told apart."""
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    stored = normalise_blocks([{"type": "actions", "elements": [button, copy.deepcopy(button)]}])
    one, other = stored[0]["elements"]
    assert one["action_id"] != other["action_id"]
    assert validate_blocks(stored, "message") == []


def test_blocks_inside_blocks_get_ids():
    """The blocks of a container are blocks; the tasks of a plan without a type stay tasks."""
    container, plan = normalise_blocks([block("container"), block("plan")])
    assert all(child["block_id"] for child in container["child_blocks"])
    assert "block_id" not in plan["tasks"][0]


def test_texts_are_found_wherever_they_stand():
    """Formatted texts of all depths are yielded as they are, to be drawn."""
    blocks: list[Json] = [
        {"type": "section", "text": mrkdwn("one"), "fields": [mrkdwn("two")]},
        {"type": "container", "child_blocks": [{"type": "context", "elements": [mrkdwn("three")]}]},
        {"type": "markdown", "text": "four"},
        {"type": "header", "text": {"type": "plain_text", "text": "not this"}},
    ]
    assert [each["text"] for each in walk_text_objects(blocks)] == ["one", "two", "three", "four"]
    for each in walk_text_objects(blocks):
        each["_html"] = "drawn"
    assert blocks[0]["text"]["_html"] == "drawn"

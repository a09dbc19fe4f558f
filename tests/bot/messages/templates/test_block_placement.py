"""Which objects Slack takes where: what stands wrong is named by its place."""

import pytest

from bot.messages.templates.block_placement import BLOCK_TYPES, PLACES, invalid_places

PLAIN = {"type": "plain_text", "text": "a"}
WORDS = {"type": "mrkdwn", "text": "a"}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "go"}


def wrong(*blocks):
    """Return the places of what stands wrong."""
    return [said.partition(":")[0] for said in invalid_places([*blocks])]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": WORDS, "fields": [PLAIN, WORDS], "accessory": BUTTON},
        {"type": "header", "text": PLAIN},
        {"type": "context", "elements": [WORDS, {"type": "image", "image_url": "x"}]},
        {"type": "actions", "elements": [BUTTON, {"type": "overflow"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {"type": "carousel", "elements": [{"type": "card"}]},
        {"type": "divider"},
    ],
    ids=lambda block: block["type"],
)
def test_what_slack_takes_is_valid(block):
    """Each object where Slack's reference puts it."""
    assert wrong(block) == []


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ({"type": "marquee"}, "/blocks/0"),
        ({}, "/blocks/0"),
        ("text", "/blocks/0"),
        ({"type": "header", "text": WORDS}, "/blocks/0/text"),
        ({"type": "section", "text": BUTTON}, "/blocks/0/text"),
        ({"type": "section", "accessory": {"type": "plan"}}, "/blocks/0/accessory"),
        ({"type": "section", "fields": [PLAIN, "b"]}, "/blocks/0/fields/1"),
        ({"type": "actions", "elements": [PLAIN]}, "/blocks/0/elements/0"),
        (
            {"type": "actions", "elements": [{**BUTTON, "text": WORDS}]},
            "/blocks/0/elements/0/text",
        ),
        (
            {"type": "actions", "elements": [{**BUTTON, "style": "loud"}]},
            "/blocks/0/elements/0/style",
        ),
        ({"type": "container", "child_blocks": [{"type": "table"}, {"type": "plan"}]}, None),
    ],
)
def test_what_slack_refuses_is_named(block, place):
    """With the pointer to where it stands, however deep."""
    assert [place or "/blocks/0/child_blocks/1"] == wrong(block)


def test_the_second_block_is_called_the_second():
    """Pointers count from nought, as JSON's do."""
    assert wrong({"type": "divider"}, {"type": "nothing"}) == ["/blocks/1"]


def test_every_place_is_one_of_an_object_that_can_stand_somewhere():
    """The table has no rules for objects that are allowed nowhere."""
    somewhere = BLOCK_TYPES.union(*PLACES.values())

    assert {kind for kind, _ in PLACES} <= somewhere

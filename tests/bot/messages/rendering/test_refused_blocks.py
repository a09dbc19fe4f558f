"""Blocks that Slack refuses give way to their words, one by one."""

import pytest

from bot.messages.policy import SlackResponse
from bot.messages.rendering.refused_blocks import (
    controls_alone,
    hosts_not_fetched,
    pointers_of,
    without_hosts,
    without_refused,
)
from bot.messages.rendering.renderer import Rendered

HEADER = {"type": "header", "text": {"type": "plain_text", "text": "Sales"}}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "up by *a lot*"}}
IMAGE = {"type": "image", "image_url": "https://ada.example/a.png?x=1&y=2", "alt_text": "A <chart>"}
THUMB = {"type": "image", "image_url": "https://ada.example/t.png", "alt_text": "thumb"}
LINK = {
    "type": "button",
    "action_id": "open",
    "text": {"type": "plain_text", "text": "Open"},
    "url": "https://ada.example/report",
}
RETRY = {
    "type": "button",
    "action_id": "task_retry",
    "text": {"type": "plain_text", "text": "Retry"},
}
LINKED_IMAGE = "<https://ada.example/a.png?x=1&amp;y=2|A &lt;chart&gt;>"


def rendered(*blocks):
    """Return a message of these blocks."""
    return Rendered("Sales", list(blocks), None)


def words(block):
    """Return what a section says."""
    return block["text"]["text"]


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (
            ["downloading image failed [json-pointer:/blocks/2/image_url]"],
            ["/blocks/2/image_url"],
        ),
        (
            ["a [json-pointer:/blocks/0/text] b [json-pointer:/blocks/11]"],
            ["/blocks/0/text", "/blocks/11"],
        ),
        (["no more than 50 items allowed [json-pointer:/blocks]"], []),
        (["invalid additional property"], []),
        (None, []),
        ("downloading image failed", []),
        ([None, 7, {"pointer": "/blocks/0"}], []),
    ],
)
def test_the_places_that_slack_names_are_read(errors, expected):
    """Whatever stands in `errors` is no reason to fail."""
    assert pointers_of(SlackResponse(detail={"errors": errors})) == expected


def test_an_image_becomes_a_link_with_its_alternative_text():
    """Everything else stays as it is, and it is said which block it was."""
    less = without_refused(rendered(HEADER, SECTION, IMAGE), [["/blocks/2/image_url"]])

    assert less.blocks[:2] == [HEADER, SECTION]
    assert words(less.blocks[2]) == LINKED_IMAGE
    assert "/blocks/2/image_url is shown as words" in less.warnings[0]


@pytest.mark.parametrize(
    "address", ["", "ftp://ada.example", "https://a b", "https://a|b", "https://a>"]
)
def test_what_is_no_address_becomes_words(address):
    """A link that Slack could not read would show its markup."""
    less = without_refused(rendered({**IMAGE, "image_url": address}), [["/blocks/0/image_url"]])

    assert words(less.blocks[0]) == "A &lt;chart&gt;"


def test_a_link_button_gives_way_alone():
    """Our own Retry beside it stays where it is."""
    row = {"type": "actions", "elements": [RETRY, LINK]}

    less = without_refused(rendered(SECTION, row), [["/blocks/1/elements/1/url"]])

    assert less.blocks[1] == {"type": "actions", "elements": [RETRY]}
    assert words(less.blocks[2]) == "<https://ada.example/report|Open>"


def test_an_accessory_gives_way_alone():
    """The text beside the picture stays."""
    less = without_refused(
        rendered({**SECTION, "accessory": THUMB}), [["/blocks/0/accessory/image_url"]]
    )

    assert less.blocks[0] == SECTION
    assert words(less.blocks[1]) == "<https://ada.example/t.png|thumb>"


def test_any_other_block_gives_way_to_its_words():
    """Also one with others in it."""
    card = {"type": "card", "title": {"type": "plain_text", "text": "Week 47"}, "hero_image": IMAGE}

    less = without_refused(rendered(card), [["/blocks/0/hero_image/image_url"]])

    assert [block["type"] for block in less.blocks] == ["section"]
    assert "Week 47" in words(less.blocks[0])


def test_each_round_speaks_of_what_the_one_before_it_left():
    """Two blocks that are named one after the other both give way."""
    less = without_refused(
        rendered(IMAGE, SECTION, THUMB), [["again"], ["/blocks/0/image_url"], ["/blocks/2"]]
    )

    assert [words(block) for block in less.blocks] == [
        LINKED_IMAGE,
        "up by *a lot*",
        "<https://ada.example/t.png|thumb>",
    ]


@pytest.mark.parametrize(
    "pointer", ["/blocks/9", "/blocks/0/elements/7/url", "/blocks/0/elements/x", "/blocks/x", ""]
)
def test_a_place_that_is_not_there_changes_nothing_much(pointer):
    """Slack's word is data like any other."""
    row = {"type": "actions", "elements": [RETRY]}

    less = without_refused(rendered(row), [[pointer]])

    assert less.blocks == [row]


def test_a_host_whose_image_failed_is_known():
    """Its images are left out elsewhere, before Slack is asked to fetch them again."""
    answer = SlackResponse(
        detail={"errors": ["downloading image failed [json-pointer:/blocks/1/accessory/image_url]"]}
    )
    hosts = hosts_not_fetched(answer, [SECTION, {**SECTION, "accessory": THUMB}])

    less = without_hosts(rendered(SECTION, IMAGE), hosts)

    assert hosts == {"ada.example"}
    assert words(less.blocks[1]) == LINKED_IMAGE
    assert without_hosts(rendered(IMAGE), {"ben.example"}).blocks == [IMAGE]


def test_the_controls_stand_alone_under_the_text():
    """What people need to act is never taken from them; a message without any is its text."""
    row = {"type": "actions", "elements": [RETRY]}

    text, controls = controls_alone(rendered(HEADER, row), is_edit=False)

    assert (words(text), controls) == ("Sales", row)
    assert controls_alone(rendered(HEADER), is_edit=False) == []


def test_an_edit_keeps_rich_text_rich():
    """Slack does not turn it into any other block."""
    rich = {"type": "rich_text", "elements": []}
    row = {"type": "actions", "elements": [RETRY]}

    kinds = [block["type"] for block in controls_alone(rendered(rich, row), is_edit=True)]

    assert kinds == ["rich_text", "actions"]


@pytest.mark.parametrize("end", ["<https://ada.example|a long link>", "&amp;"])
def test_a_long_text_is_not_cut_within_a_link(end):
    """A section takes 3,000 characters."""
    text = "x" * (3000 - 3) + end
    row = {"type": "actions", "elements": [RETRY]}

    section, _ = controls_alone(Rendered(text, [row], None), is_edit=False)

    assert words(section) == "x" * 2997

"""
Blocks that hold blocks: card, carousel, container.

Source: https://docs.slack.dev/reference/block-kit/blocks/container-block and its siblings.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_playground.blocks import problem
from slack_playground.blocks.kinds.composition import at_least_one, exactly_one, plain, text
from slack_playground.blocks.kinds.data import TABLE
from slack_playground.blocks.kinds.elements import BUTTON, IMAGE
from slack_playground.blocks.kinds.icons import SLACK_ICON
from slack_playground.blocks.kinds.layout import (
    ACTIONS_BLOCK,
    CONTEXT,
    DIVIDER,
    HEADER,
    IMAGE_BLOCK,
    INPUT,
    SECTION,
)
from slack_playground.blocks.kinds.media import FILE, VIDEO
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import Choice, Flag, ListOf, block, index, one_of


def _one_icon(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if "icon" in value and "slack_icon" in value:
        yield problem.failed(at, "must define only one of `icon` or `slack_icon`", "one_of")


def _collapsing_fits(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    collapsible = value.get("is_collapsible") is True
    if value.get("default_collapsed") is True and not collapsible:
        yield problem.failed(
            f"{at}/default_collapsed", "must define `is_collapsible` to be collapsed", "all_of"
        )
    if value.get("has_header_divider") is True and collapsible:
        yield problem.failed(
            f"{at}/has_header_divider", "must not be set when `is_collapsible` is", "not"
        )


CARD = block(
    "card",
    "MVH",
    {},
    {
        "hero_image": one_of(IMAGE),
        "icon": one_of(IMAGE),
        "slack_icon": one_of(SLACK_ICON),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": ListOf(one_of(BUTTON), least=1, most=3),
    },
    at_least_one("hero_image", "title", "body", "actions"),
    _one_icon,
)
CAROUSEL = block("carousel", "MH", {"elements": ListOf(one_of(CARD), least=1, most=10)}, {})

# Slack's live validator was seen refusing rich_text, input and file, which its
# documentation allows. A message gets less from a container than it can hope for.
CHILDREN = one_of(
    ACTIONS_BLOCK,
    CONTEXT,
    DIVIDER,
    FILE,
    HEADER,
    IMAGE_BLOCK,
    INPUT,
    RICH_TEXT,
    SECTION,
    TABLE,
    VIDEO,
)
CONTAINER = block(
    "container",
    "MH",
    {"child_blocks": ListOf(CHILDREN, least=1, most=10)},
    {
        "title": plain(150),
        "rich_text_title": one_of(RICH_TEXT),
        "subtitle": text(150),
        "icon": one_of(IMAGE),
        "width": Choice(("narrow", "standard", "wide", "full")),
        "is_collapsible": Flag(),
        "default_collapsed": Flag(),
        "has_header_divider": Flag(),
    },
    exactly_one("title", "rich_text_title"),
    _collapsing_fits,
)

CONTAINERS = index((CARD, CAROUSEL, CONTAINER))

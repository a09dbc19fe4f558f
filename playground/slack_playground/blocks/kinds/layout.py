"""
The blocks of every day: text, pictures, lines and controls.

Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from slack_playground.blocks.kinds.composition import (
    SLACK_FILE,
    at_least_one,
    exactly_one,
    plain,
    text,
    web_url,
)
from slack_playground.blocks.kinds.element_rules import files_are_not_dispatched
from slack_playground.blocks.kinds.elements import ACCESSORIES, ACTIONS, IMAGE, INPUTS
from slack_playground.blocks.schema import Choice, Flag, ListOf, Number, OneOf, Text, block, index

SECTION = block(
    "section",
    "MVH",
    {},
    {
        "text": text(3000),
        "fields": ListOf(text(2000), least=1, most=10),
        "accessory": OneOf(ACCESSORIES),
        "expand": Flag(),
    },
    at_least_one("text", "fields"),
)
HEADER = block("header", "MVH", {"text": plain(150)}, {"level": Number(1, 4, whole=True)})
DIVIDER = block("divider", "MVH", {}, {})
CONTEXT = block(
    "context",
    "MVH",
    {"elements": ListOf(OneOf({**text().kinds, "image": IMAGE}), least=1, most=10)},
    {},
)
ACTIONS_BLOCK = block("actions", "MVH", {"elements": ListOf(OneOf(ACTIONS), least=1, most=25)}, {})
INPUT = block(
    "input",
    "MVH",
    {"label": plain(2000), "element": OneOf(INPUTS)},
    {"hint": plain(2000), "optional": Flag(), "dispatch_action": Flag()},
    files_are_not_dispatched,
)
IMAGE_BLOCK = block(
    "image",
    "MVH",
    {"alt_text": Text(2000)},
    {"image_url": web_url(3000), "slack_file": SLACK_FILE, "title": plain(2000)},
    exactly_one("image_url", "slack_file"),
)
ALERT = block(
    "alert",
    "V",
    {"text": text(200)},
    {"level": Choice(("default", "info", "warning", "error", "success"))},
)
# Cumulative over the message as well: see message_rules.py.
MARKDOWN = block("markdown", "M", {"text": Text(12_000)}, {})

LAYOUT = index(
    (
        SECTION,
        HEADER,
        DIVIDER,
        CONTEXT,
        ACTIONS_BLOCK,
        INPUT,
        IMAGE_BLOCK,
        ALERT,
        MARKDOWN,
    )
)

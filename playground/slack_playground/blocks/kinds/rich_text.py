"""
Rich text: its four paragraphs and everything that may stand inside a line.

Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from slack_playground.blocks.formats import colour
from slack_playground.blocks.kinds.composition import entity_id, link_url, web_url
from slack_playground.blocks.schema import (
    Choice,
    Flag,
    ListOf,
    Number,
    Object,
    Text,
    block,
    kind,
    one_of,
)

_WORDS = Object(
    optional={name: Flag() for name in ("bold", "italic", "strike", "underline", "code")}
)
_MENTION = Object(
    optional={
        name: Flag()
        for name in (
            *("bold", "italic", "strike", "underline", "code"),
            *("highlight", "client_highlight", "unlink"),
        )
    }
)

TEXT = kind("text", {"text": Text()}, {"style": _WORDS})
LINK = kind("link", {"url": link_url()}, {"text": Text(), "unsafe": Flag(), "style": _WORDS})
EMOJI = kind(
    "emoji",
    {"name": Text()},
    {"unicode": Text(), "url": web_url(), "skin_tone": Number(1, 6, whole=True), "style": _WORDS},
)
USER = kind("user", {"user_id": entity_id("UWB")}, {"style": _MENTION})
USERGROUP = kind("usergroup", {"usergroup_id": entity_id("S")}, {"style": _MENTION})
CHANNEL = kind("channel", {"channel_id": entity_id("CGD")}, {"style": _MENTION})
TEAM = kind("team", {"team_id": entity_id("T")}, {"style": _MENTION})
BROADCAST = kind(
    "broadcast", {"range": Choice(("here", "channel", "everyone"))}, {"style": _MENTION}
)
DATE = kind(
    "date",
    {"timestamp": Number(whole=True), "format": Text()},
    {"url": link_url(), "fallback": Text(), "style": _WORDS},
)
COLOR = kind("color", {"value": colour()}, {"style": _WORDS})

INLINE = one_of(TEXT, LINK, EMOJI, USER, USERGROUP, CHANNEL, TEAM, BROADCAST, DATE, COLOR)

_BORDER = Number(0, 1, whole=True)

# Unlike other lists of Block Kit, what stands in a paragraph may be empty:
# https://github.com/slackapi/python-slack-sdk/pull/1576
SECTION = kind("rich_text_section", {"elements": ListOf(INLINE)}, {})
LIST = kind(
    "rich_text_list",
    {"style": Choice(("bullet", "ordered")), "elements": ListOf(one_of(SECTION))},
    {"indent": Number(0, 8, whole=True), "offset": Number(0, whole=True), "border": _BORDER},
)
QUOTE = kind("rich_text_quote", {"elements": ListOf(INLINE)}, {"border": _BORDER})
PREFORMATTED = kind(
    "rich_text_preformatted",
    {"elements": ListOf(one_of(TEXT, LINK))},
    {"border": _BORDER, "language": Text()},
)

RICH_TEXT = block(
    "rich_text",
    "MVH",
    {"elements": ListOf(one_of(SECTION, LIST, QUOTE, PREFORMATTED), least=1)},
    {},
)

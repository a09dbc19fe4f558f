"""
Payloads Slack refuses: what a careless or a hostile sender may come up with.

Each is a block on a surface, the pointer at which it is wrong, and the code.
"""

from typing import Any

from tests.playground.blocks import specimens as a
from tests.playground.blocks.gallery import block
from tests.playground.blocks.parts import (
    Json,
    mrkdwn,
    option,
    plain,
)
from tests.playground.blocks.refusal import FAILED, MISSING, TYPE, Refusal
from tests.playground.blocks.richer_refusals import RICHER


def _text(text: Any) -> Json:
    return {"type": "section", "text": text}


def _fields(**more: Any) -> Json:
    return {"type": "section", "text": plain("x"), **more}


_OTHER = option("Other", "other")

SHAPES = [
    Refusal("null", None, "", TYPE),
    Refusal("a string", "divider", "", TYPE),
    Refusal("a list in a list", [], "", TYPE),
    Refusal("no type", {}, "", MISSING),
    Refusal("a type that is no string", {"type": 7}, "/type", TYPE),
    Refusal("a type that is a list", {"type": ["divider"]}, "/type", TYPE),
    Refusal("a type nobody knows", {"type": "marquee"}, "/type", FAILED),
    Refusal("a type in capitals", {"type": "DIVIDER"}, "/type", FAILED),
    Refusal("a field nobody knows", {"type": "divider", "color": "red"}, "", FAILED),
    Refusal("a number as id", {"type": "divider", "block_id": 1}, "/block_id", TYPE),
    Refusal("an empty id", {"type": "divider", "block_id": ""}, "/block_id", FAILED),
    Refusal("null as id", {"type": "divider", "block_id": None}, "/block_id", TYPE),
    Refusal("a section of nothing", {"type": "section"}, "", FAILED),
    Refusal("a string as text object", _text("hello"), "/text", TYPE),
    Refusal("null as text object", _text(None), "/text", TYPE),
    Refusal("text without text", _text({"type": "mrkdwn"}), "/text", MISSING),
    Refusal("an empty text", _text(mrkdwn("")), "/text/text", FAILED),
    Refusal("a number as text", _text({"type": "mrkdwn", "text": 5}), "/text/text", TYPE),
    Refusal("markdown misspelt", _text({"type": "markdown", "text": "x"}), "/text/type", FAILED),
    Refusal("emoji in mrkdwn", _text({**mrkdwn("x"), "emoji": True}), "/text", FAILED),
    Refusal("a word as flag", _text({**plain("x"), "emoji": "yes"}), "/text/emoji", TYPE),
    Refusal("a number as flag", _fields(expand=1), "/expand", TYPE),
    Refusal("no fields", _fields(fields=[]), "/fields", FAILED),
    Refusal("fields as object", _fields(fields={"0": plain("x")}), "/fields", TYPE),
    Refusal("mrkdwn in a header", {"type": "header", "text": mrkdwn("x")}, "/text/type", FAILED),
    Refusal("a header of half a level", a.changed("header", level=1.5), "/level", TYPE),
    Refusal("a header of level zero", a.changed("header", level=0), "/level", FAILED),
    Refusal("a header of level true", a.changed("header", level=True), "/level", TYPE),
    Refusal("an empty context", {"type": "context", "elements": []}, "/elements", FAILED),
    Refusal("a button in a context", {**a.button(), "type": "context"}, "/elements/0/type", FAILED),
    Refusal("an input among actions", a.menu("plain_text_input"), "/elements/0/type", FAILED),
    Refusal("an image of nothing", {"type": "image", "alt_text": "x"}, "", FAILED),
    Refusal("an image of two", {**block("image"), "slack_file": {"id": "F0A"}}, "", FAILED),
    Refusal(
        "a script for an image",
        a.changed("image", image_url="javascript:alert(1)"),
        "/image_url",
        FAILED,
    ),
    Refusal("a blank in a link", a.button(url="https://a.example/ b"), "/elements/0/url", FAILED),
    Refusal("a script for a link", a.button(url="javascript:x"), "/elements/0/url", FAILED),
    Refusal("a style of one's own", a.button(style="loud"), "/elements/0/style", FAILED),
    Refusal("a list as style", a.button(style=["primary"]), "/elements/0/style", TYPE),
    Refusal("mrkdwn on a button", a.button(text=mrkdwn("x")), "/elements/0/text/type", FAILED),
    Refusal("half a confirmation", a.button(confirm={}), "/elements/0/confirm", MISSING),
    Refusal("a display without prompt", a.button(agent_prompt_display="x"), "/elements/0", MISSING),
    Refusal("an alert in a message", block("alert"), "/type", FAILED),
    Refusal("markdown in a modal", block("markdown"), "/type", FAILED, "modal"),
    Refusal("a plan in a Home tab", block("plan"), "/type", FAILED, "home"),
    Refusal("a table in a modal", block("table"), "/type", FAILED, "modal"),
    Refusal(
        "a file in a Home tab", a.changed("container")["child_blocks"][2], "/type", FAILED, "home"
    ),
]

MENUS = [
    Refusal("a menu of nothing", a.menu("static_select"), "/elements/0", FAILED),
    Refusal(
        "options and groups",
        a.menu("static_select", options=a.options(1), option_groups=[]),
        "/elements/0",
        FAILED,
    ),
    Refusal("no options", a.menu("overflow", options=[]), "/elements/0/options", FAILED),
    Refusal(
        "an initial option from elsewhere",
        a.menu("static_select", options=a.options(2), initial_option=_OTHER),
        "/elements/0/initial_option",
        FAILED,
    ),
    Refusal(
        "initial options from elsewhere",
        a.menu("multi_static_select", options=a.options(2), initial_options=[_OTHER]),
        "/elements/0/initial_options",
        FAILED,
    ),
    Refusal(
        "an initial option of no group",
        a.menu(
            "static_select",
            option_groups=[{"label": plain("x"), "options": a.options(1)}],
            initial_option=_OTHER,
        ),
        "/elements/0/initial_option",
        FAILED,
    ),
    Refusal(
        "more chosen than may be",
        a.menu("multi_users_select", initial_users=["U0A", "U0B"], max_selected_items=1),
        "/elements/0/initial_users",
        FAILED,
    ),
    Refusal(
        "the same person twice",
        a.menu("multi_users_select", initial_users=["U0A", "U0A"]),
        "/elements/0/initial_users",
        FAILED,
    ),
    Refusal(
        "a name for an id",
        a.menu("users_select", initial_user="@ada"),
        "/elements/0/initial_user",
        FAILED,
    ),
    Refusal(
        "a filter for nothing",
        a.menu("conversations_select", filter={}),
        "/elements/0/filter",
        FAILED,
    ),
    Refusal(
        "mrkdwn in a select",
        a.first_option(text=mrkdwn("x")),
        "/elements/0/options/0/text/type",
        FAILED,
    ),
    Refusal(
        "a date that is none",
        a.menu("datepicker", initial_date="2026-13-01"),
        "/elements/0/initial_date",
        FAILED,
    ),
    Refusal(
        "a day that is none",
        a.menu("datepicker", initial_date="2026-02-30"),
        "/elements/0/initial_date",
        FAILED,
    ),
    Refusal(
        "a time that is none",
        a.menu("timepicker", initial_time="24:00"),
        "/elements/0/initial_time",
        FAILED,
    ),
    Refusal(
        "a moment in milliseconds",
        a.menu("datetimepicker", initial_date_time=1_795_000_000_000),
        "/elements/0/initial_date_time",
        FAILED,
    ),
    Refusal(
        "a shortest text longer than the longest",
        a.typed("plain_text_input", min_length=10, max_length=5),
        "/element/max_length",
        FAILED,
        "modal",
    ),
    Refusal(
        "a number out of its range",
        a.typed("number_input", initial_value="11", max_value="10"),
        "/element/max_value",
        FAILED,
        "modal",
    ),
    Refusal(
        "a fraction where none may be",
        a.typed("number_input", initial_value="1.5"),
        "/element/initial_value",
        FAILED,
        "modal",
    ),
    Refusal(
        "a number that is no string",
        a.typed("number_input", initial_value=7),
        "/element/initial_value",
        TYPE,
        "modal",
    ),
]

REFUSALS = [*SHAPES, *MENUS, *RICHER]

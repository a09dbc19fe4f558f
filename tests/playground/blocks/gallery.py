"""
One valid specimen of every block, with every field Slack knows.

The same gallery shows what the page can draw.
"""

import copy
from typing import Any

from slack_playground.blocks import Surface
from slack_playground.blocks.kinds.elements import ACTIONS, INPUTS
from slack_playground.state import File, State

from tests.playground.blocks.element_gallery import ELEMENTS, element
from tests.playground.blocks.parts import (
    IMAGE,
    PICTURE,
    REPORT,
    RICH_TEXT,
    Json,
    line,
    mrkdwn,
    number,
    plain,
    raw,
    rich_text,
    words,
)

_SERIES = [
    {"name": "Done", "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 5}]},
    {"name": "Failed", "data": [{"label": "Tue", "value": -1}, {"label": "Mon", "value": 0.5}]},
]
_AXIS = {"categories": ["Mon", "Tue"], "x_label": "Day", "y_label": "Tasks"}


def chart(type_: str) -> Json:
    return {
        "type": "data_visualization",
        "block_id": f"chart_{type_}",
        "title": "Tasks per day",
        "chart": {"type": type_, "series": copy.deepcopy(_SERIES), "axis_config": dict(_AXIS)},
    }


def task(number_: int, status: str, **more: Any) -> Json:
    return {"task_id": f"t{number_}", "title": f"Step {number_}", "status": status, **more}


CARD: Json = {
    "type": "card",
    "block_id": "card",
    "hero_image": IMAGE,
    "slack_icon": {"type": "icon", "name": "rocket"},
    "title": plain("Nightly import"),
    "subtitle": mrkdwn("Run 42"),
    "body": mrkdwn("*Failed* after 412 s"),
    "subtext": plain("Ada was told"),
    "actions": [element("button")],
}
TASK_CARD: Json = {
    "type": "task_card",
    "block_id": "task",
    "task_id": "t1",
    "title": "Compile",
    "status": "in_progress",
    "details": REPORT,
    "output": REPORT,
    "sources": [{"type": "url", "url": "https://example.com/log", "text": "Log"}],
    "hide_title": False,
    "icon": IMAGE,
}

BLOCKS: dict[str, Json] = {
    "section": {
        "type": "section",
        "block_id": "section",
        "text": mrkdwn("*Nightly import* failed"),
        "fields": [mrkdwn("*Owner*\nAda"), plain("Run 42")],
        "accessory": element("button"),
        "expand": True,
    },
    "header": {"type": "header", "block_id": "header", "text": plain("Failures"), "level": 2},
    "divider": {"type": "divider", "block_id": "divider"},
    "context": {
        "type": "context",
        "block_id": "context",
        "elements": [mrkdwn("Ada"), plain("412 s"), IMAGE],
    },
    "actions": {
        "type": "actions",
        "block_id": "actions",
        "elements": [element("button"), element("static_select"), element("datetimepicker")],
    },
    "input": {
        "type": "input",
        "block_id": "input",
        "label": plain("Reason"),
        "element": element("plain_text_input"),
        "hint": plain("Others read it"),
        "optional": True,
        "dispatch_action": True,
    },
    "image": {
        "type": "image",
        "block_id": "image",
        "alt_text": "Failures fell to two",
        "image_url": PICTURE,
        "title": plain("Failures"),
    },
    "image from Slack": {
        "type": "image",
        "block_id": "image_file",
        "alt_text": "The week",
        "slack_file": {"url": "https://files.slack.com/F0WEEK"},
    },
    "alert": {
        "type": "alert",
        "block_id": "alert",
        "text": mrkdwn("This *cannot* be undone"),
        "level": "warning",
    },
    "markdown": {"type": "markdown", "block_id": "markdown", "text": "# Week 47\n\n- two failed"},
    "rich_text": RICH_TEXT,
    "card": CARD,
    "card with an icon": {"type": "card", "icon": IMAGE, "body": plain("Quiet")},
    "carousel": {
        "type": "carousel",
        "block_id": "carousel",
        "elements": [{**CARD, "block_id": "first"}, {"type": "card", "title": plain("Second")}],
    },
    "container": {
        "type": "container",
        "block_id": "container",
        "title": plain("Details"),
        "subtitle": plain("Of run 42"),
        "icon": IMAGE,
        "width": "wide",
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [
            {"type": "section", "block_id": "inside", "text": plain("Inside")},
            {"type": "divider"},
            {"type": "file", "block_id": "file", "external_id": "ABC", "source": "remote"},
        ],
    },
    "container with a rich title": {
        "type": "container",
        "rich_text_title": rich_text(line(words("Details", bold=True))),
        "has_header_divider": True,
        "child_blocks": [{"type": "divider"}],
    },
    "table": {
        "type": "table",
        "block_id": "table",
        "column_settings": [{"align": "right", "is_wrapped": True}, None],
        "rows": [[raw("Name"), raw("Done")], [rich_text(line(words("Ada"))), number(42)]],
    },
    "data_table": {
        "type": "data_table",
        "block_id": "data_table",
        "caption": "Leaderboard",
        "page_size": 10,
        "row_header_column_index": 0,
        "rows": [
            [raw("Name"), raw("Done"), raw("Do")],
            [
                rich_text(line(words("Ada"))),
                number(42),
                {
                    "type": "action_cell",
                    "element": element("button"),
                    "fallback": raw("Retry"),
                },
            ],
        ],
    },
    "pie": {
        "type": "data_visualization",
        "block_id": "pie",
        "title": "By state",
        "chart": {
            "type": "pie",
            "segments": [{"label": "Done", "value": 9}, {"label": "Stuck", "value": 0.5}],
        },
    },
    "bar": chart("bar"),
    "line": chart("line"),
    "area": chart("area"),
    "plan": {
        "type": "plan",
        "block_id": "plan",
        "title": "Build 42",
        "tasks": [
            task(1, "complete", output=REPORT),
            task(2, "in_progress", type="task_card", block_id="second"),
            task(3, "pending"),
            task(4, "error", hide_title=True),
        ],
    },
    "task_card": TASK_CARD,
    "context_actions": {
        "type": "context_actions",
        "block_id": "context_actions",
        "elements": [element("feedback_buttons"), element("icon_button")],
    },
    "auth_provider": {
        "type": "auth_provider",
        "block_id": "auth",
        "value": "tracker",
        "name": plain("Tracker"),
        "is_connected": True,
        "description": plain("Where the tasks are"),
        "icon_url": "https://example.com/icon.png",
        "auth_url": "https://example.com/connect",
        "disconnect_url": "https://example.com/disconnect",
        "connected_identity": plain("Ada"),
        "connected_context": plain("Acme"),
        "accessory": element("overflow"),
    },
    "video": {
        "type": "video",
        "block_id": "video",
        "title": plain("Post-mortem"),
        "video_url": "https://example.com/video",
        "thumbnail_url": PICTURE,
        "alt_text": "Ben explains the failure",
        "title_url": "https://example.com/talk",
        "author_name": "Ben",
        "provider_name": "Tubes",
        "provider_icon_url": PICTURE,
        "description": plain("Ten minutes"),
    },
    "call": {
        "type": "call",
        "block_id": "call",
        "call_id": "R0CALL",
        "api_decoration_available": False,
        "call": {"v1": {"id": "R0CALL"}},
    },
}


def furnish(state: State) -> None:
    """Put into a workspace what blocks of the gallery show: a remote file and a call."""
    menu = File("F0MENU", "Menu", 0, is_complete=True, external_id="ABC")
    state.files[menu.id] = menu
    state.calls["R0CALL"] = {"id": "R0CALL"}


_IN_MODALS_ONLY = frozenset({"alert", "input"})
# What stands in actions as well needs no block of its own to be shown.
_IN_INPUTS_ONLY = frozenset(INPUTS) - frozenset(ACTIONS)


def surface_of(name: str) -> Surface:
    return "modal" if name in _IN_MODALS_ONLY else "message"


def around(name: str) -> tuple[Json, Surface]:
    """A block that may hold the element, and its surface."""
    type_ = ELEMENTS[name]["type"]
    if type_ in _IN_INPUTS_ONLY:
        # An input of files sends nothing before its modal is submitted.
        return {
            **block("input"),
            "element": element(name),
            "dispatch_action": type_ != "file_input",
        }, "modal"
    if type_ in ("feedback_buttons", "icon_button"):
        return {"type": "context_actions", "elements": [element(name)]}, "message"
    if type_ == "image":
        return {"type": "context", "elements": [element(name)]}, "message"
    return {"type": "actions", "elements": [element(name)]}, "message"


def block(name: str) -> Json:
    return copy.deepcopy(BLOCKS[name])

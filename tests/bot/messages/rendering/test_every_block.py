import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_playground.blocks import validate_message

from bot.messages.rendering.renderer import Renderer

RENDERER = Renderer(Path("stored templates need no folder"))
X = "{{ x }}"
PLAIN = {"type": "plain_text", "text": X}
MRKDWN = {"type": "mrkdwn", "text": f"*{X}* <!here> <{X}|{X}> <@{X}>"}
BUTTON = {"type": "button", "text": PLAIN, "value": "v", "accessibility_label": X}
OPTION = {"text": PLAIN, "value": "v", "description": PLAIN}
PICTURE = {"type": "image", "image_url": "https://a.example/a.png", "alt_text": X}
CONFIRM = {"title": PLAIN, "text": PLAIN, "confirm": PLAIN, "deny": PLAIN, "style": "danger"}
LINE = [
    {"type": "text", "text": f"a{X}{{{{ 5|date }}}}{X}", "style": {"bold": True}},
    {"type": "link", "url": X, "text": X},
    {"type": "link", "url": "https://a.example", "text": X},
    {"type": "user", "user_id": X},
    {"type": "broadcast", "range": X},
]
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": LINE},
        {"type": "rich_text_quote", "elements": LINE},
        {"type": "rich_text_preformatted", "elements": LINE[:2]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": LINE}],
        },
    ],
}
PLAIN_RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": X}]}],
}
CARD = {
    "type": "card",
    "title": PLAIN,
    "subtitle": MRKDWN,
    "body": MRKDWN,
    "subtext": PLAIN,
    "hero_image": PICTURE,
    "actions": [BUTTON] * 5,
}
BLOCKS: dict[str, dict[str, Any]] = {
    "header": {"type": "header", "text": PLAIN},
    "section": {"type": "section", "text": MRKDWN, "fields": [MRKDWN] * 12, "accessory": PICTURE},
    "context": {"type": "context", "elements": [MRKDWN, PICTURE, PLAIN] * 4},
    "image": {**PICTURE, "title": PLAIN},
    "image of data": {**PICTURE, "image_url": X},
    "markdown": {"type": "markdown", "text": f"# {X}\n{X}"},
    "rich_text": RICH,
    "buttons": {
        "type": "actions",
        "elements": [{**BUTTON, "confirm": CONFIRM}, {**BUTTON, "url": X}] * 20,
    },
    "menus": {
        "type": "actions",
        "elements": [
            {"type": "overflow", "options": [{**OPTION, "url": X}, OPTION] * 5},
            {"type": "static_select", "options": [OPTION] * 120, "placeholder": PLAIN},
            {"type": "static_select", "option_groups": [{"label": PLAIN, "options": [OPTION]}]},
            {"type": "checkboxes", "options": [OPTION] * 12},
        ],
    },
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [CARD] * 12},
    "container": {
        "type": "container",
        "title": PLAIN,
        "subtitle": PLAIN,
        "child_blocks": [{"type": "section", "text": MRKDWN}] * 12,
    },
    "plan": {
        "type": "plan",
        "title": X,
        "tasks": [{"task_id": X, "title": X, "status": X, "details": PLAIN_RICH}] * 55,
    },
    "task_card": {
        "type": "task_card",
        "task_id": X,
        "title": X,
        "status": X,
        "sources": [{"type": "url", "url": X, "text": X}],
    },
    "table": {"type": "table", "rows": [[X, X, PLAIN_RICH], [RICH, X, X], *[[X, "b", 3]] * 100]},
    "data_table": {
        "type": "data_table",
        "caption": X,
        "rows": [[X, X], [RICH, X], *[[X, 3]] * 100],
    },
    "video": {
        "type": "video",
        "title": PLAIN,
        "alt_text": X,
        "description": PLAIN,
        "author_name": X,
        "title_url": X,
        "video_url": "https://a.example/v",
        "thumbnail_url": "https://a.example/t.png",
    },
}
ATTACKS = [
    "<!channel>",
    "U0EVIL",
    "!everyone",
    "here",
    "https://evil.example/|x><!channel>",
    "https://good.example/a?b=c&d",
    '"}]}, {"type": "section"',
    "\\",
    "&<>*_~`" * 450,
    "👩‍👩‍👧‍👦" * 400,
    "\x00\u202e\ud800",
    "",
    " \n",
]


def tokens_of(node: Any) -> list[str]:
    if isinstance(node, list):
        return [token for each in node for token in tokens_of(each)]
    if not isinstance(node, dict):
        return []
    formatted = node.get("type") in ("mrkdwn", "markdown")
    found = re.findall("<([^<>]*)>", node["text"]) if formatted else []
    return [*found, *tokens_of(list(node.values()))]


@pytest.mark.parametrize("name", BLOCKS)
@settings(deadline=None, max_examples=20)
@given(x=st.sampled_from(ATTACKS) | st.text(st.characters()))
def test_data_in_every_field_of_every_block(name, x):
    """Wherever a stored template prints data, Slack takes the block and nothing in it acts."""
    source = json.dumps([{"type": "divider"}, BLOCKS[name]])

    message = RENDERER.render_source(source, {"x": x, "revision": 7})

    assert validate_message({"text": message.text, "blocks": message.blocks}) == []
    # Of a token around nothing the empty brackets stay, which mean nothing.
    allowed = re.compile(r"[|@]?|!here|https://good\.example/a\?b=c&amp;d\|.*", re.DOTALL)
    acting = [token for token in tokens_of(message.blocks) if not allowed.fullmatch(token)]
    assert [token for token in acting if not token.startswith(f"{x}|")] == []
    sent = json.dumps(message.blocks)
    assert not re.search(r'"type": "(user|usergroup|channel|team|broadcast)"', sent)
    assert not re.search(r'url": "(?!https?://|mailto:)', sent)

"""What people could click, taken out where nobody would hear it."""

from typing import Any

from bot.messages.rendering.strip_interactive import without_controls

TEXT = {"type": "plain_text", "text": "Ada"}
BUTTON = {"type": "button", "text": TEXT}
LINK = {**BUTTON, "url": "https://ada.example/"}
SECTION = {"type": "section", "text": TEXT}


def test_what_only_shows_something_stays():
    """Texts, pictures and links are untouched."""
    picture = {"type": "image", "image_url": "https://ada.example/a.png", "alt_text": "Ada"}
    blocks: list[dict[str, Any]] = [
        SECTION,
        {**SECTION, "accessory": picture},
        {**SECTION, "accessory": LINK},
        {"type": "actions", "elements": [LINK]},
    ]

    assert blocks == without_controls(blocks)


def test_controls_go_wherever_they_stand():
    """Rows, accessories, cards and containers lose them, and nothing empty is left behind."""
    card = {"type": "card", "title": TEXT, "actions": [BUTTON]}
    blocks: list[dict[str, Any]] = [
        {"type": "actions", "elements": [BUTTON]},
        {**SECTION, "accessory": BUTTON},
        card,
        {"type": "card", "actions": [BUTTON]},
        {"type": "carousel", "elements": [card]},
        {"type": "container", "title": TEXT, "child_blocks": [{"type": "input"}]},
        {"type": "context_actions", "elements": []},
    ]

    bare = {"type": "card", "title": TEXT}
    assert [SECTION, bare, {"type": "carousel", "elements": [bare]}] == without_controls(blocks)

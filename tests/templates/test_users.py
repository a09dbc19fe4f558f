"""What the notice about a new user looks like."""

import json
from pathlib import Path

from bot.messages.rendering.renderer import Renderer

RENDERER = Renderer(Path(__file__).parents[2] / "templates")
SAMPLE = json.loads((Path(__file__).parent / "samples" / "users" / "registered.json").read_text())


def test_a_notice_says_who_registered_where():
    """Name, address and environment in the notification; id and total below."""
    message = RENDERER.render("users/registered", SAMPLE)

    assert message.text == "👋 New user: Ada · ada@example.com · production\n1,234 users"
    shown = "".join(part["text"] for part in message.blocks[0]["elements"][0]["elements"])
    assert shown == (
        "👋 New user  Ada  production\nEmail: ada@example.com\nUser id: 42\nTotal users: 1,234"
    )


def test_an_id_is_enough():
    """What is not known is not mentioned."""
    message = RENDERER.render("users/registered", {"user_id": "42"})

    assert message.text == "👋 New user: 42"
    shown = "".join(part["text"] for part in message.blocks[0]["elements"][0]["elements"])
    assert shown == "👋 New user  42\nUser id: 42"

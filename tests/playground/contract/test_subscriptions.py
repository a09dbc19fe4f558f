"""Rule: an app hears the events its manifest asks for and no others."""

from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import OPS, Api, connect

SCOPES = ["channels:history", "chat:write", "app_mentions:read"]


def manifest(*events: str) -> dict[str, Any]:
    return {
        "display_information": {"name": "Sample"},
        "features": {"app_home": {"home_tab_enabled": True, "messages_tab_enabled": True}},
        "oauth_config": {"scopes": {"bot": SCOPES}},
        "settings": {"event_subscriptions": {"bot_events": list(events)}},
    }


@pytest.mark.parametrize(
    ("events", "heard"),
    [
        ((), []),
        (("message.channels",), ["message", "message"]),
        (("app_mention",), ["app_mention"]),
        (("app_home_opened",), ["app_home_opened"]),
        (("message.groups",), []),
    ],
)
async def test_events_are_asked_for(events: tuple[str, ...], heard: list[str]) -> None:
    """A person's words, the bot's own post and an opened Home, by subscription."""
    async with Playground(manifest=manifest(*events)) as playground, Api(playground) as api:
        async with connect(api) as app:
            playground.write("ada", "ops", "hello @sample")
            await api("chat.postMessage", channel=OPS, text="x")
            playground.open_home("ada")
            await playground.wait_for(lambda: len(app.payloads) >= len(heard))
            await playground.run_command("ada", "ops", "/nothing")
        assert sorted(one["event"]["type"] for one in app.payloads) == heard


async def test_an_opened_home_says_which_tab(playground: Playground, api: Api) -> None:
    """app_home_opened carries the tab, and the view once there is one."""
    async with connect(api) as app:
        playground.open_home("ada")
        await playground.wait_for(lambda: app.events("app_home_opened"))
        home = {"type": "home", "blocks": [{"type": "divider"}]}
        await api("views.publish", user_id=playground.user("ada").id, view=home)
        playground.open_home("ada")
        await playground.wait_for(lambda: len(app.events("app_home_opened")) == 2)
    first, second = app.events("app_home_opened")
    assert (first["tab"], "view" in first) == ("home", False)
    assert second["view"]["type"] == "home"

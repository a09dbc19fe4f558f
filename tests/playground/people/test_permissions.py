"""What the manifest does not declare is refused with what to add to it."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_playground import Outcome, Playground

from tests.playground.wire import OPS, Api, actions, button, connect

BARE: dict[str, Any] = {
    "display_information": {"name": "Sample"},
    "features": {
        "app_home": {"home_tab_enabled": False, "messages_tab_enabled": False},
        "slash_commands": [{"command": "/ops", "description": "x"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write"]}},
}


@pytest.mark.parametrize(
    ("act", "error", "advice"),
    [
        (
            lambda p: p.run_command("ada", "ops", "/task"),
            "unknown_command",
            "features.slash_commands",
        ),
        (lambda p: p.run_command("ada", "ops", "/ops"), "missing_scope", '"commands" in'),
        (lambda p: p.run_shortcut("ada", "run"), "unknown_command", "features.shortcuts"),
        (
            lambda p: p.click("ada", "ops", p.messages("ops")[0]["ts"], "Retry"),
            "interactivity_disabled",
            "settings.interactivity",
        ),
    ],
    ids=["command", "scope", "shortcut", "click"],
)
async def test_a_refusal_says_what_to_add(
    act: Callable[[Playground], Any], error: str, advice: str
) -> None:
    """In a notice to the person and in the list of the state."""
    async with Playground(manifest=BARE) as playground, Api(playground) as api:
        await api("chat.postMessage", channel=OPS, text="x", blocks=[actions(button())])
        with playground.workspace.feed.listen(playground.user("ada").id) as page:
            outcome: Outcome = await act(playground)
            assert advice in page.queue.get_nowait()["text"]
        assert outcome.error == error
        (refused,) = (await api.read("state"))["refused"]
        assert (advice in refused["add"], refused["count"]) == (True, 1)


async def test_tabs_that_are_off_are_closed() -> None:
    """Home, Messages, and writing to the bot."""
    async with Playground(manifest=BARE) as playground:
        assert playground.open_home("ada").error == "home_tab_disabled"
        assert playground.open_home("ada", "messages").error == "messages_tab_disabled"
        im = playground.im("ada").id
        assert playground.write("ada", im, "hello").error == "messages_tab_disabled"
        advice = [one.add for one in playground.state.refused.values()]
    assert all("features.app_home" in one for one in advice)


async def test_messages_are_looked_at_without_a_subscription() -> None:
    """Only a Home needs app_home_opened to be filled; nobody is told to ask for it otherwise."""
    tabs = {"home_tab_enabled": True, "messages_tab_enabled": True}
    async with Playground(manifest={**BARE, "features": {"app_home": tabs}}) as playground:
        assert playground.open_home("ada", "messages").ok
        assert not playground.state.refused
        assert playground.open_home("ada", "home").ok
        assert list(playground.state.refused) == ["This app does not hear app_home_opened."]


async def test_an_app_that_cannot_hear_is_told_once() -> None:
    """A mention without its subscription names the event and its scope, the first time."""
    async with (
        Playground(manifest=BARE) as playground,
        Api(playground) as api,
        connect(api),
    ):
        with playground.workspace.feed.listen(playground.user("ada").id) as page:
            for _ in range(2):
                playground.write("ada", "ops", "@sample help")
            events = [page.queue.get_nowait() for _ in range(page.queue.qsize())]
        (notice,) = [one["text"] for one in events if one["type"] == "notice"]
    assert '"app_mention" in settings.event_subscriptions.bot_events' in notice
    assert '"app_mentions:read" in oauth_config.scopes.bot' in notice


async def test_a_missing_scope_is_listed() -> None:
    """The page shows which call wanted which scope."""
    async with Playground(manifest=BARE) as playground, Api(playground) as api:
        for _ in range(2):
            assert (await api("users.list"))["error"] == "missing_scope"
        (refused,) = (await api.read("state"))["refused"]
    assert refused == {
        "what": "users.list needs the scope users:read.",
        "add": '"users:read" in oauth_config.scopes.bot',
        "count": 2,
    }

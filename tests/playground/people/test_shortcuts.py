import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, Caller, connect

MANIFEST = {
    "display_information": {"name": "Sample"},
    "features": {
        "shortcuts": [
            {"name": "Run a task", "type": "global", "callback_id": "run", "description": "d"},
            {"name": "Why", "type": "message", "callback_id": "why", "description": "d"},
        ]
    },
    "oauth_config": {"scopes": {"bot": ["commands"]}},
    "settings": {"interactivity": {"is_enabled": True}},
}


async def test_a_global_shortcut_has_slacks_fields(playground: Playground, app: Caller) -> None:
    """It brings a trigger id and no channel."""
    assert (await playground.run_shortcut("ada", "run")).ok
    (payload,) = app.payloads
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "run")
    assert payload["trigger_id"]
    assert payload["user"]["id"] == ADA
    assert "channel" not in payload


async def test_a_message_shortcut_carries_the_message(playground: Playground, app: Caller) -> None:
    """It brings the message, its channel and a response URL."""
    message = playground.write("ben", "random", "look").answer["message"]
    assert (await playground.run_shortcut("ada", "why", "random", message["ts"])).ok
    (payload,) = app.payloads
    assert payload["type"] == "message_action"
    assert (payload["message"]["text"], payload["message_ts"]) == ("look", message["ts"])
    assert payload["channel"]["name"] == "random"
    assert payload["response_url"]


async def test_only_declared_shortcuts_exist() -> None:
    """With a manifest, others and those of the other kind are unknown, and a notice says so."""
    async with (
        Playground(manifest=MANIFEST) as playground,
        Api(playground) as api,
        connect(api),
    ):
        ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
        with playground.workspace.feed.listen(ADA) as page:
            assert (await playground.run_shortcut("ada", "nope")).error == "unknown_command"
            assert "features.shortcuts" in page.queue.get_nowait()["text"]
        assert (await playground.run_shortcut("ada", "why")).error == "unknown_command"
        assert (await playground.run_shortcut("ada", "run", "ops", ts)).error == "unknown_command"
        assert (await playground.run_shortcut("ada", "run")).ok
        assert (await playground.run_shortcut("ada", "why", OPS, ts)).ok


@pytest.mark.usefixtures("impatient")
async def test_an_unanswered_shortcut_fails(playground: Playground, app: Caller) -> None:
    """The person sees why."""
    app.is_silent = True
    assert (await playground.run_shortcut("ada", "run")).error == "operation_timeout"

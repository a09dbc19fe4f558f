from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, Caller, connect, section

MANIFEST = {
    "display_information": {"name": "Sample"},
    "features": {
        "slash_commands": [
            {"command": "/ops", "description": "Operations", "should_escape": True},
            {"command": "/plain", "description": "Without escaping"},
        ]
    },
    "oauth_config": {"scopes": {"bot": ["commands"]}},
}


@pytest.fixture
async def declared() -> AsyncIterator[tuple[Playground, Caller]]:
    """A workspace whose app declared two commands."""
    async with (
        Playground(manifest=MANIFEST) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        yield playground, app


async def test_a_command_has_slacks_fields(playground: Playground, app: Caller) -> None:
    """The payload is flat and says who, where, what, and how to answer."""
    await playground.run_command("ada", "ops", "/ops task list")
    (payload,) = app.payloads
    assert (payload["command"], payload["text"]) == ("/ops", "task list")
    assert (payload["user_id"], payload["user_name"]) == (ADA, "ada")
    assert (payload["channel_id"], payload["channel_name"]) == (OPS, "ops")
    assert payload["is_enterprise_install"] == "false"
    assert payload["response_url"].startswith(f"{playground.page_url}commands/")
    assert payload["trigger_id"]


async def test_an_answer_is_ephemeral(playground: Playground, app: Caller) -> None:
    """Text in the acknowledgement is seen by the person alone."""
    app.says = lambda payload: {"text": "only you"}
    await playground.run_command("ada", "ops", "/ops")
    assert [one["text"] for one in playground.ephemerals("ada", "ops")] == ["only you"]
    assert playground.messages("ops") == []


async def test_an_answer_can_be_for_everyone(playground: Playground, app: Caller) -> None:
    """`in_channel` posts it as the bot."""
    app.says = lambda payload: {"response_type": "in_channel", "blocks": [section()]}
    await playground.run_command("ada", "ops", "/ops")
    (message,) = playground.messages("ops")
    assert message["user"] == playground.state.bot_user_id
    assert message["blocks"][0]["block_id"]


async def test_a_broken_answer_fails_the_command(playground: Playground, app: Caller) -> None:
    """Blocks that Slack would refuse fail the command with their error."""
    app.says = lambda payload: {"blocks": [{"type": "nonsense"}]}
    assert (await playground.run_command("ada", "ops", "/ops")).error == "invalid_blocks"


async def test_an_undeclared_command_never_reaches_the_app(
    declared: tuple[Playground, Caller],
) -> None:
    """With a manifest, only its commands exist; the notice says what to add."""
    playground, app = declared
    with playground.workspace.feed.listen(ADA) as page:
        outcome = await playground.run_command("ada", "ops", "/nope now")
        notice: dict[str, Any] = page.queue.get_nowait()
    assert outcome.error == "unknown_command"
    assert app.payloads == []
    assert notice["type"] == "notice"
    assert '"command": "/nope"' in notice["text"]


async def test_escaping_turns_names_into_ids(declared: tuple[Playground, Caller]) -> None:
    """should_escape brings people, channels and links in Slack's notation."""
    playground, app = declared
    await playground.run_command("ada", "ops", "/ops ask @ben in #ops <b> https://a.example/x")
    await playground.run_command("ada", "ops", "/plain ask @ben & co")
    assert app.payloads[0]["text"] == (
        "ask <@U0BEN00002|ben> in <#C0OPS00002|ops> &lt;b&gt; <https://a.example/x>"
    )
    assert app.payloads[1]["text"] == "ask @ben & co"


async def test_commands_do_not_work_in_threads(playground: Playground, app: Caller) -> None:
    """Slack refuses an app's command in a thread, and the app hears nothing."""
    api_answer = playground.write("ada", "ops", "parent").answer["message"]
    async with Api(playground) as api:
        answer = await api.page(
            "command", user=ADA, channel=OPS, text="/ops", thread_ts=api_answer["ts"]
        )
    assert answer == {"ok": False, "error": "not_supported_in_threads"}
    assert [one for one in app.payloads if "command" in one] == []

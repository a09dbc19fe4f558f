"""The workflow step *Run a task*, from the event to the answer that Slack gets."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

import listeners
from bot.config_file import ConfigFile, TaskKind
from bot.tasks.queries import Filter
from tests.listeners.room import ADA, OPERATORS, OPS, Room
from tests.patience import until

ROOT = Path(__file__).parents[3]
GUARDED = TaskKind(retry_roles=[OPERATORS])
OPENED = TaskKind(retry_roles=[OPERATORS], workflow_step=True)


class WorkflowSlack:
    """Slack's methods as far as a step goes; keeps what the step answered."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, dict[str, Any]]] = []

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a call."""
        method = request.match_info["method"]
        if method.startswith("functions."):
            sent = {**request.query, **await request.post()}
            self.answers.append((method, {name: str(value) for name, value in sent.items()}))
        identity = {"team_id": "T0PLAYGRND", "user_id": "U0BOT", "bot_id": "B0BOT", "url": "x"}
        return web.json_response({"ok": True, "channel": {"is_member": True}, **identity})


@pytest.fixture
async def slack() -> AsyncIterator[tuple[WorkflowSlack, str]]:
    """A server, and its address."""
    workflow = WorkflowSlack()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", workflow.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    yield workflow, f"http://{host}:{port}/api/"
    await runner.cleanup()


async def step(
    room: Room, slack: tuple[WorkflowSlack, str], *, count: int = 1, **inputs: Any
) -> list[tuple[str, dict[str, Any]]]:
    """Let a workflow reach the step, *count* times, and return what the step answered."""
    workflow, address = slack
    app = AsyncApp(client=AsyncWebClient(token="xoxb-1", base_url=address))
    listeners.register(app, room.services)
    event = {
        "type": "function_executed",
        "function": {"id": "Fn1", "callback_id": "run_task", "title": "Run a task"},
        "inputs": {"kind": "schema_fix", "channel": OPS, **inputs},
        "function_execution_id": "Fx1",
        "workflow_execution_id": "Wx1",
        "event_ts": "1700000000.000001",
        "bot_access_token": "xwfp-1",
    }
    for number in range(count):
        body = {
            "token": "v",
            "team_id": "T0PLAYGRND",
            "api_app_id": "A0",
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{number}",
            "event_time": 1700000000,
        }
        response = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        assert response.status == 200

        async def is_answered(wanted: int = number + 1) -> bool:
            return len(workflow.answers) == wanted

        await until(is_answered)
    return workflow.answers


async def test_a_step_runs_a_task_once(room: Room, slack) -> None:
    """With its inputs, for the person it names; Slack may say so twice."""
    inputs = {"subject": "Dealer 12", "payload": '{"n": 1}', "user": ADA}
    answers = await step(room, slack, count=2, **inputs)
    ((task, _),) = await room.services.tasks.list(room.owner, Filter())
    assert (task.task, task.subject, task.channel, task.payload, task.created_by) == (
        *("schema_fix", "Dealer 12", OPS),
        *({"n": 1}, ADA),
    )
    assert task.launch_wanted_at is not None
    assert [method for method, _ in answers] == ["functions.completeSuccess"] * 2
    assert answers[0][1]["function_execution_id"] == "Fx1"
    assert json.loads(answers[0][1]["outputs"]) == {"task_id": task.id}


async def test_a_step_that_is_refused_fails_with_the_reason(room: Room, slack) -> None:
    """Nothing is started."""
    ((method, answer),) = await step(room, slack, payload="{n}")
    assert (method, answer["function_execution_id"]) == ("functions.completeError", "Fx1")
    assert "Not valid JSON" in answer["error"]
    assert await room.services.tasks.list(room.owner, Filter()) == []


@pytest.mark.parametrize(("kind", "is_started"), [(GUARDED, False), (OPENED, True)])
async def test_a_guarded_kind_is_started_only_if_the_settings_say_so(
    room: Room, slack, kind, is_started
) -> None:
    """The author of a workflow writes its inputs, and could name anybody."""
    room.services.config.tasks["guarded"] = kind
    try:
        ((method, answer),) = await step(room, slack, kind="guarded", user=ADA)
    finally:
        room.services.config.tasks["guarded"] = GUARDED
    assert (method == "functions.completeSuccess") == is_started
    assert is_started or "workflow_step = true" in answer["error"]


def test_the_manifest_offers_what_is_handled() -> None:
    """Its inputs are those that are read."""
    added = json.loads((ROOT / "docs/examples/workflow_step.json").read_text())
    assert added["settings"]["event_subscriptions"]["bot_events"] == ["function_executed"]
    inputs = added["functions"]["run_task"]["input_parameters"]
    assert set(inputs) == {"kind", "channel", "subject", "payload", "user"}
    assert all(name == one["name"] for name, one in inputs.items())
    assert ConfigFile().kind("anything").workflow_step is False

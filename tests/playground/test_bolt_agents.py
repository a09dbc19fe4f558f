"""Bolt's assistants and custom steps, unmodified, against the playground."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncAssistant
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail
from slack_bolt.context.get_thread_context.async_get_thread_context import AsyncGetThreadContext
from slack_bolt.context.say.async_say import AsyncSay
from slack_bolt.context.set_status.async_set_status import AsyncSetStatus
from slack_bolt.context.set_suggested_prompts.async_set_suggested_prompts import (
    AsyncSetSuggestedPrompts,
)
from slack_bolt.context.set_title.async_set_title import AsyncSetTitle
from slack_playground import HandClock, Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.patience import PATIENCE_SECONDS
from tests.playground.wire import GENERAL, OPS, Api, actions, connect, modal, plain


@pytest.fixture
def bolt(playground: Playground, without_proxies: None) -> AsyncApp:
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    return AsyncApp(client=client)


@pytest.fixture
async def running(playground: Playground, bolt: AsyncApp) -> AsyncIterator[Playground]:
    handler = AsyncSocketModeHandler(bolt, playground.app_token)
    await handler.connect_async()
    await playground.wait_for_app()
    yield playground
    await handler.close_async()


async def test_an_assistant_converses(bolt: AsyncApp, running: Playground) -> None:
    """It greets, suggests, thinks visibly, knows what the person looks at, and answers."""
    assistant = AsyncAssistant()

    @assistant.thread_started
    async def start(say: AsyncSay, set_suggested_prompts: AsyncSetSuggestedPrompts) -> None:
        await say("What would you like?")
        await set_suggested_prompts(prompts=["Soup", {"title": "Bread", "message": "Any bread?"}])

    @assistant.user_message
    async def reply(
        payload: Any,
        say: AsyncSay,
        set_status: AsyncSetStatus,
        set_title: AsyncSetTitle,
        get_thread_context: AsyncGetThreadContext,
    ) -> None:
        await set_title(payload["text"])
        await set_status("is cooking")
        context = await get_thread_context()
        await say(f"{payload['text']} for <#{context['channel_id'] if context else ''}>")

    bolt.assistant(assistant)
    opened = running.open_assistant("ada", beside="ops").answer
    channel, ts = opened["channel"], opened["thread_ts"]
    await running.wait_for(lambda: running.prompts("ada", ts))
    (greeting,) = running.replies(channel, ts)
    assert greeting["text"] == "What would you like?"
    bread = running.prompts("ada", ts)[1]
    assert bread["message"] == "Any bread?"
    assert running.look_at("ada", ts, "general").ok
    await running.wait_for(
        lambda: (
            running.replies(channel, ts)[0]
            .get("metadata", {})
            .get("event_payload", {})
            .get("channel_id")
            == GENERAL
        )
    )
    running.write("ada", channel, bread["message"], thread_ts=ts)
    await running.wait_for(lambda: len(running.replies(channel, ts)) == 3)
    answer = running.replies(channel, ts)[-1]
    assert answer["text"] == f"Any bread? for <#{GENERAL}>"
    assert running.message(channel, ts)["assistant_app_thread"]["title"] == "Any bread?"
    assert running.state.statuses == {}
    assert [one.arguments["status"] for one in running.calls("assistant.threads.setStatus")] == [
        "is cooking"
    ]


async def test_a_step_of_a_workflow(bolt: AsyncApp, running: Playground) -> None:
    """It ends once, well or badly, and a token of its own works."""

    @bolt.function("cook", auto_acknowledge=True)
    async def cook(
        inputs: Any, complete: AsyncComplete, fail: AsyncFail, client: AsyncWebClient
    ) -> None:
        if inputs["dish"] == "stones":
            await fail("Nobody eats stones.")
            return
        await client.chat_postMessage(channel=OPS, text=f"{inputs['dish']} is ready")
        await complete({"minutes": 12})

    good, bad = (
        running.run_function("ada", "cook", {"dish": dish}).answer["function_execution_id"]
        for dish in ("soup", "stones")
    )
    await running.wait_for(lambda: running.execution(good).status != "running")
    await running.wait_for(lambda: running.execution(bad).status != "running")
    assert (running.execution(good).status, running.execution(good).outputs) == (
        "completed",
        {"minutes": 12},
    )
    assert (running.execution(bad).status, running.execution(bad).error) == (
        "failed",
        "Nobody eats stones.",
    )
    assert running.messages("ops")[-1]["text"] == "soup is ready"


async def test_a_step_waits_for_a_click(bolt: AsyncApp, running: Playground) -> None:
    """A button that a step posted tells of the step, with its token: Bolt can complete it then."""

    @bolt.function("ask")
    async def ask(client: AsyncWebClient) -> None:
        button = {"type": "button", "action_id": "yes", "text": plain("Yes")}
        await client.chat_postMessage(channel=OPS, text="Well?", blocks=[actions(button)])

    @bolt.action("yes")
    async def agree(ack: AsyncAck, complete: AsyncComplete, context: Any, body: Any) -> None:
        await ack()
        assert body["bot_access_token"] == context.function_bot_access_token
        await complete({"answer": body["function_data"]["inputs"]["dish"]})

    started = running.run_function("ada", "ask", {"dish": "soup"}).answer
    (message,) = await running.wait_for(lambda: running.messages("ops"))
    await running.click("ben", "ops", message["ts"], "Yes")
    execution = running.execution(started["function_execution_id"])
    await running.wait_for(lambda: execution.status != "running")
    assert execution.outputs == {"answer": "soup"}


async def test_a_step_opens_a_modal(clock: HandClock, without_proxies: None) -> None:
    """With the pointer that Slack fills in; the modal's submission tells of the step again."""
    takes = {"interactivity": {"type": "slack#/types/interactivity", "is_required": True}}
    step = {"title": "Ask", "description": "Asks", "input_parameters": takes}
    manifest = {
        "display_information": {"name": "Steps"},
        "functions": {"ask": step},
        "settings": {
            "socket_mode_enabled": True,
            "interactivity": {"is_enabled": True},
            "event_subscriptions": {"bot_events": ["function_executed"]},
        },
    }
    async with (
        Playground(manifest=manifest, clock=clock, ack_seconds=PATIENCE_SECONDS) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        playground.run_function("ada", "ask")
        (event,) = await playground.wait_for(lambda: app.events("function_executed"))
        pointer = event["inputs"]["interactivity"]["interactivity_pointer"]
        stepping = Api(playground, event["bot_access_token"])
        async with stepping:
            opened = await stepping("views.open", interactivity_pointer=pointer, view=modal())
        await playground.submit("ada", opened["view"]["id"], {"name": "Soup"})
        data = app.payloads[-1]["function_data"]
        assert (data["execution_id"], data["function"]) == (
            event["function_execution_id"],
            {"callback_id": "ask"},
        )


async def test_a_mention_in_a_thread(bolt: AsyncApp, running: Playground) -> None:
    """Comes as `app_mention` with the thread it stands in."""
    heard: list[Any] = []

    @bolt.event("app_mention")
    async def listen(event: Any) -> None:
        heard.append(event)

    ts = running.write("ada", "ops", "Lunch?").answer["message"]["ts"]
    running.write("ben", "ops", "<@U0SAMPLE001> what is there?", thread_ts=ts)
    (event,) = await running.wait_for(lambda: heard)
    assert (event["thread_ts"], event["user"]) == (ts, "U0BEN00002")

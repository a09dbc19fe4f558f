"""Bolt's assistants and custom steps, unmodified, against the playground."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncAssistant
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail
from slack_bolt.context.get_thread_context.async_get_thread_context import AsyncGetThreadContext
from slack_bolt.context.say.async_say import AsyncSay
from slack_bolt.context.set_status.async_set_status import AsyncSetStatus
from slack_bolt.context.set_suggested_prompts.async_set_suggested_prompts import (
    AsyncSetSuggestedPrompts,
)
from slack_bolt.context.set_title.async_set_title import AsyncSetTitle
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.wire import GENERAL, OPS


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

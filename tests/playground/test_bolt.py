"""The SDK that real apps are built with, unmodified, against the playground."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_playground import Playground
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.patience import until
from tests.playground.wire import ADA, BOARD, OPS, actions, button, modal, section

#: Slack's own patience, so that what is lost is soon tried again.
ACK_SECONDS = 3.0
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk would send even loopback traffic to a proxy."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bolt(playground: Playground) -> AsyncApp:
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    return AsyncApp(client=client, logger=logging.getLogger("bolt"))


@pytest.fixture
async def running(playground: Playground, bolt: AsyncApp) -> AsyncIterator[Playground]:
    """The workspace with the Bolt app connected over its own Socket Mode client."""
    handler = AsyncSocketModeHandler(bolt, playground.app_token)
    await handler.connect_async()
    await playground.wait_for_app()
    yield playground
    await handler.close_async()


async def test_a_modal_from_command_to_message(bolt: AsyncApp, running: Playground) -> None:
    """Command, modal, errors, post, button, edit: the whole way of an app."""

    async def handle_command(ack: AsyncAck, command: Any, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=modal())
        await ack()

    async def handle_form(ack: AsyncAck, view: Any, client: AsyncWebClient) -> None:
        name = view["state"]["values"]["name"]["typed"]["value"]
        if name == "taken":
            await ack(response_action="errors", errors={"name": "Taken."})
            return
        await client.chat_postMessage(channel=OPS, text=name, blocks=[actions(button())])
        await ack()

    async def handle_retry(ack: AsyncAck, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_update(channel=OPS, ts=body["message"]["ts"], text="retried")

    bolt.command("/ops")(handle_command)
    bolt.view("form")(handle_form)
    bolt.action("retry")(handle_retry)
    assert (await running.run_command("ada", "ops", "/ops new")).ok
    (view,) = running.views("ada")
    assert (await running.submit("ada", view["id"], {"name": "taken"})).errors == {"name": "Taken."}
    assert (await running.submit("ada", view["id"], {"name": "Schema"})).ok
    (message,) = running.messages("ops")
    assert message["text"] == "Schema"
    assert (await running.click("ben", "ops", message["ts"], "Retry")).ok
    await running.wait_for(lambda: running.message("ops", message["ts"])["text"] == "retried")


async def test_a_response_url_replaces_the_message(bolt: AsyncApp, running: Playground) -> None:
    """`respond` reaches the workspace through the response URL."""

    async def handle_retry(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("replaced", replace_original=True)
        await respond("only you")

    bolt.action("retry")(handle_retry)
    posted = await bolt.client.chat_postMessage(channel=OPS, text="x", blocks=[actions(button())])
    await running.click("ada", "ops", posted["ts"], "Retry")
    await running.wait_for(lambda: running.ephemerals("ada", "ops"))
    assert [one["text"] for one in running.messages("ops")] == ["replaced"]
    assert [one["text"] for one in running.ephemerals("ada", "ops")] == ["only you"]


async def test_events_home_and_shortcuts(bolt: AsyncApp, running: Playground) -> None:
    """app_home_opened, app_mention and both kinds of shortcut reach their listeners."""
    seen: list[str] = []

    async def handle_home(event: Any, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [section()]}
        await client.views_publish(user_id=event["user"], view=view)

    async def handle_mention(event: Any, say: Any) -> None:
        await say("hi", thread_ts=event["ts"])

    async def handle_shortcut(ack: AsyncAck, shortcut: Any) -> None:
        seen.append(shortcut["type"])
        await ack()

    async def handle_message() -> None:
        """Every message is heard, so that none counts as unhandled."""

    bolt.event("app_home_opened")(handle_home)
    bolt.event("app_mention")(handle_mention)
    bolt.event("message")(handle_message)
    bolt.shortcut("run")(handle_shortcut)

    running.open_home("ada")
    await running.wait_for(lambda: running.home("ada"))
    ts = running.write("ada", "ops", "hello @sample").answer["message"]["ts"]
    await running.wait_for(lambda: running.replies("ops", ts))
    assert (await running.run_shortcut("ada", "run")).ok
    assert (await running.run_shortcut("ada", "run", "ops", ts)).ok
    assert seen == ["shortcut", "message_action"]


async def test_the_socket_comes_back(bolt: AsyncApp, running: Playground) -> None:
    """
    After Slack asks for a refresh the SDK reconnects and works on.

    It does so once for each of Slack's two requests and once for the close, so that an envelope
    may go down with a socket that it has just opened: Slack gives it up after three seconds.
    """
    running.workspace.sockets.ack_seconds = ACK_SECONDS

    async def handle_command(ack: AsyncAck) -> None:
        await ack("here")

    bolt.command("/ops")(handle_command)
    await running.upset_sockets("disconnect")
    await running.wait_for(lambda: len(running.calls("apps.connections.open")) > 1)

    async def is_heard() -> bool:
        # What is typed while the old socket goes may go with it, as in Slack.
        return (await running.run_command("ada", "ops", "/ops")).ok

    assert await until(is_heard)


async def test_every_way_the_sdk_sends(bolt: AsyncApp) -> None:
    """The SDK's JSON bodies, query strings and forms are all understood."""
    client = bolt.client
    posted = await client.chat_postMessage(channel=OPS, text="x")
    ts = posted["ts"]
    await client.reactions_add(channel=OPS, timestamp=ts, name="eyes")
    history = await client.conversations_history(channel=OPS, limit=1)
    assert history["messages"][0]["reactions"][0]["name"] == "eyes"
    assert (await client.conversations_replies(channel=OPS, ts=ts))["messages"][0]["ts"] == ts
    assert (await client.conversations_list(types="public_channel,im"))["channels"]
    assert (await client.conversations_open(users=ADA))["channel"]["id"].startswith("D")
    assert (await client.users_lookupByEmail(email="ada@example.com"))["user"]["id"] == ADA
    await client.chat_postEphemeral(channel=OPS, user=ADA, text="psst")
    await client.files_upload_v2(channel=OPS, content="a,b", filename="t.csv", title="Table")
    await client.chat_delete(channel=OPS, ts=ts)


async def test_an_error_is_the_sdks_error(bolt: AsyncApp) -> None:
    """A refusal arrives as SlackApiError with Slack's code."""
    with pytest.raises(SlackApiError) as refused:
        await bolt.client.chat_postMessage(channel=BOARD, text="x")
    assert refused.value.response["error"] == "channel_not_found"

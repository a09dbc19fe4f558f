"""A small Slack app for the page's tests: one command, a few buttons, a modal, a Home."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")

MANIFEST: Json = {
    "display_information": {"name": "Desk"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "assistant_view": {"assistant_description": "Knows what runs"},
        "bot_user": {"display_name": "Desk"},
        "slash_commands": [
            {"command": "/desk", "description": "Look after tasks", "usage_hint": "run | list"},
            {"command": "/deaf", "description": "Nobody answers"},
        ],
        "shortcuts": [
            {"name": "Run a task", "type": "global", "callback_id": "run", "description": "Now"},
            {"name": "Explain", "type": "message", "callback_id": "explain", "description": "Why"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *("chat:write", "chat:write.customize", "commands", "im:write"),
                *("canvases:read", "canvases:write", "files:read", "assistant:write"),
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                *("app_home_opened", "assistant_thread_started"),
                "assistant_thread_context_changed",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str, label: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(label), **more}


def task_blocks(words: str, *buttons: Json) -> list[Json]:
    """A task's message: a line, and its buttons if it has any."""
    section: Json = {"type": "section", "text": mrkdwn(words)}
    return [section, {"type": "actions", "elements": list(buttons)}] if buttons else [section]


def input_block(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "it", **element},
        **more,
    }


def run_view(notice: str = "") -> Json:
    """The modal that `/desk run` opens."""
    checks = [button("check", "Check"), button("details", "Details")]
    blocks = [
        input_block("subject", "Subject", {"type": "plain_text_input"}, hint=plain("For whom")),
        input_block("reason", "Reason", {"type": "plain_text_input"}, optional=True),
        {"type": "actions", "block_id": "check", "elements": checks},
    ]
    if notice:
        blocks.insert(0, {"type": "section", "text": mrkdwn(notice)})
    return {
        "type": "modal",
        "callback_id": "run",
        "title": plain("Run a task"),
        "submit": plain("Run"),
        "blocks": blocks,
    }


def home_view(words: str) -> Json:
    return {"type": "home", "blocks": task_blocks(words, button("refresh", "Refresh"))}


async def handle_desk_command(ack: AsyncAck, command: Json, client: AsyncWebClient) -> None:
    if command["text"] == "run":
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=run_view())
    else:
        await ack(f"You said _{command['text']}_.")


async def handle_retry(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    channel, ts = body["channel"]["id"], body["container"]["message_ts"]
    words = f"Retried by <@{body['user']['id']}>"
    await client.chat_update(channel=channel, ts=ts, text="Retried", blocks=task_blocks(words))


async def handle_check(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await client.views_update(view_id=body["view"]["id"], view=run_view("Looks *good*"))


async def handle_details(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    details = {"type": "modal", "title": plain("Details"), "blocks": task_blocks("Nothing yet")}
    await client.views_push(trigger_id=body["trigger_id"], view=details)


async def handle_subject_options(ack: AsyncAck, payload: Json) -> None:
    typed = payload["value"]
    await ack(options=[{"text": plain(f"{typed} {word}"), "value": word} for word in ("1", "2")])


async def handle_run_submission(ack: AsyncAck, view: Json) -> None:
    subject = view["state"]["values"]["subject"]["it"]["value"]
    if subject == "Nobody":
        await ack(response_action="errors", errors={"subject": "There is nobody."})
    else:
        await ack()


async def handle_explain(ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
    await ack()
    user, channel = shortcut["user"]["id"], shortcut["channel"]["id"]
    await client.chat_postEphemeral(channel=channel, user=user, text="Because you asked.")


async def handle_home(event: Json, client: AsyncWebClient) -> None:
    await client.views_publish(user_id=event["user"], view=home_view("*Two* tasks run"))


async def handle_refresh(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await client.views_publish(user_id=body["user"]["id"], view=home_view("*Three* tasks run"))


async def handle_assistant(event: Json, client: AsyncWebClient) -> None:
    """Greet, and suggest to ask about the channel that the person looks at."""
    thread = event["assistant_thread"]
    place = {"channel_id": thread["channel_id"], "thread_ts": thread["thread_ts"]}
    beside = thread["context"].get("channel_id", "")
    prompts = [{"title": "What runs?", "message": f"What runs in <#{beside}>?"}]
    await client.assistant_threads_setSuggestedPrompts(**place, title="Ask me:", prompts=prompts)


def make_app(playground: Playground) -> AsyncApp:
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    app = AsyncApp(client=client)
    app.command("/desk")(handle_desk_command)
    app.action("retry")(handle_retry)
    app.action("check")(handle_check)
    app.action("details")(handle_details)
    app.action("refresh")(handle_refresh)
    app.options("subject")(handle_subject_options)
    app.view("run")(handle_run_submission)
    app.shortcut("explain")(handle_explain)
    app.event("app_home_opened")(handle_home)
    app.event("assistant_thread_started")(handle_assistant)
    app.event("assistant_thread_context_changed")(handle_assistant)
    return app


@asynccontextmanager
async def running_desk(playground: Playground) -> AsyncIterator[AsyncWebClient]:
    """Run the app over Socket Mode; yields its client."""
    with _without_proxies():
        app = make_app(playground)
        handler = AsyncSocketModeHandler(app, playground.app_token)
        await handler.connect_async()
        try:
            await playground.wait_for_app()
            yield app.client
        finally:
            await handler.close_async()


@contextmanager
def _without_proxies() -> Iterator[None]:
    """slack_sdk sends even loopback calls to a proxy it finds in the environment."""
    found = {name: os.environ.pop(name) for name in _PROXIES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(found)

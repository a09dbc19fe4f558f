"""Fallbacks: what no other listener handles is acknowledged, so that Slack does not retry."""

import re
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from listeners.views.notice_builder import build_notice

ANYTHING = re.compile(r"[\s\S]*")

_OLD_BUTTON = "This button no longer works: it belongs to an older version of this message."
_OLD_FORM = "This form is out of date. Nothing was changed: please open it again."
_OLD_SHORTCUT = "This shortcut no longer exists. `/ops help` lists what I can do."
_OLD_COMMAND = "This command no longer exists. `/ops help` lists what I can do."


class StartCount(AsyncListenerStartHandler):
    """
    Counts the listeners that were started for a request.

    If a listener has not acknowledged within three seconds, Bolt starts the next one that matches
    (AsyncApp.async_dispatch), which would be the fallback; it must not say then that the button
    is unknown.
    """

    async def handle(
        self,
        request: AsyncBoltRequest,
        response: BoltResponse | None,  # noqa: ARG002 - Bolt passes it by name
    ) -> None:
        """Count the listener."""
        request.context["starts"] = request.context.get("starts", 0) + 1


def _is_unclaimed(context: AsyncBoltContext) -> bool:
    return bool(context.get("starts", 0) <= 1)


async def handle_unknown_action(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
) -> None:
    """Say that the button no longer works, if it was clicked in a message."""
    await ack()
    if _is_unclaimed(context) and body.get("response_url"):
        await respond(_OLD_BUTTON, response_type="ephemeral", replace_original=False)


async def handle_unknown_options(ack: AsyncAck) -> None:
    """Return no options."""
    await ack(options=[])


async def handle_unknown_submission(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Say that the form is out of date instead of closing it as if it had worked."""
    if _is_unclaimed(context):
        await ack(response_action="update", view=build_notice(_OLD_FORM))
    else:
        await ack()


async def handle_unknown_close(ack: AsyncAck) -> None:
    """Acknowledge a closed modal."""
    await ack()


async def handle_unknown_shortcut(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Say in a modal that the shortcut no longer exists."""
    await ack()
    if _is_unclaimed(context):
        await client.views_open(trigger_id=body["trigger_id"], view=build_notice(_OLD_SHORTCUT))


async def handle_unknown_command(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Say that the command no longer exists."""
    await ack(_OLD_COMMAND if _is_unclaimed(context) else "")


async def handle_unknown_event() -> None:
    """Ignore the event; Bolt has already acknowledged it."""

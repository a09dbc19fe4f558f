"""What no other listener takes: acknowledged, so that Slack neither warns nor repeats."""

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

OLD_BUTTON = "This button is from an older message: I no longer know what it does."
OLD_FORM = "This form is from an older version of me. Nothing was done: please open it again."
OLD_SHORTCUT = "I no longer have this shortcut. `/ops help` lists what I can do."
OLD_COMMAND = "I no longer have this command. `/ops help` lists what I can do."


class StartCount(AsyncListenerStartHandler):
    """
    Counts the listeners that took a request.

    When a listener has not acknowledged within three seconds Bolt goes on to the next one that
    matches (AsyncApp.async_dispatch), and that would be ours; it must not claim then that
    nobody knows the button.
    """

    async def handle(
        self,
        request: AsyncBoltRequest,
        response: BoltResponse | None,  # noqa: ARG002 - Bolt passes it by name
    ) -> None:
        """Count one more."""
        request.context["starts"] = request.context.get("starts", 0) + 1


def is_stray(context: AsyncBoltContext) -> bool:
    return bool(context.get("starts", 0) <= 1)


async def handle_stray_action(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
) -> None:
    """Say that the button is old, where the click came from a message."""
    await ack()
    if is_stray(context) and body.get("response_url"):
        await respond(OLD_BUTTON, response_type="ephemeral", replace_original=False)


async def handle_stray_options(ack: AsyncAck) -> None:
    """Offer nothing."""
    await ack(options=[])


async def handle_stray_submission(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Say that the form is old instead of closing it as if it had worked."""
    if is_stray(context):
        await ack(response_action="update", view=build_notice(OLD_FORM))
    else:
        await ack()


async def handle_stray_close(ack: AsyncAck) -> None:
    """A closed modal needs nothing."""
    await ack()


async def handle_stray_shortcut(
    ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
) -> None:
    """Say in a modal that the shortcut is gone."""
    await ack()
    if is_stray(context):
        await client.views_open(trigger_id=body["trigger_id"], view=build_notice(OLD_SHORTCUT))


async def handle_stray_command(ack: AsyncAck, context: AsyncBoltContext) -> None:
    """Say that the command is gone."""
    await ack(OLD_COMMAND if is_stray(context) else "")


async def handle_stray_event() -> None:
    """Bolt has acknowledged the event already; nobody needs it."""

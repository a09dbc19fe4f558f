"""The message shortcut *Why did I get this?*."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages.requests.service import Requests
from bot.tasks.creation import Owner
from listeners.views.message_history_builder import STORY_TITLE, build_story_modal
from listeners.views.modal_opening import open_when_ready


async def handle_why_shortcut(
    ack: AsyncAck,
    shortcut: dict[str, Any],
    client: AsyncWebClient,
    requests: Requests,
    owner: Owner,
) -> None:
    """Open a modal with the history of the message."""
    await ack()
    view = _story_view(requests, owner, shortcut["channel"]["id"], shortcut["message_ts"])
    await open_when_ready(client, shortcut["trigger_id"], STORY_TITLE, view)


async def _story_view(requests: Requests, owner: Owner, channel: str, ts: str) -> dict[str, Any]:
    return build_story_modal(await requests.of_place(owner.workspace_id, channel, ts))

"""*Case file*: everything about a task, an alert or a message, as a zip in a direct message."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import Owner
from listeners.services import ListenerServices
from listeners.views.notice_builder import build_notice

_ON_ITS_WAY = "The case file is on its way to you as a direct message."


async def handle_case_file_action(
    ack: AsyncAck,
    respond: AsyncRespond,
    body: dict[str, Any],
    action: dict[str, Any],
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Send it to the person who clicked; the modal with the button says so."""
    await services.rights.require_operator(user_id)
    await ack()
    await send_case_file(respond, body, action["value"], user_id, client, services, owner)


async def send_case_file(
    respond: AsyncRespond,
    body: dict[str, Any],
    key: str,
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Send it, and say so where the person clicked; the caller checks the rights."""
    await services.case_files.send(owner, key, user_id)
    view = body.get("view") or {}
    if body.get("response_url"):
        await respond(_ON_ITS_WAY, response_type="ephemeral", replace_original=False)
    elif view.get("type") == "modal":
        await client.views_update(view_id=view["id"], view=build_notice(_ON_ITS_WAY))

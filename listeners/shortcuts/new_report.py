"""The global shortcut *New report*, and the button of that name in App Home."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import Owner
from listeners.services import ListenerServices
from listeners.views.modal_opening import open_when_ready
from listeners.views.reports.form_builder import NEW_TITLE
from listeners.views.reports.report_forms import new_report_view


async def handle_new_report(
    ack: AsyncAck,
    body: dict[str, Any],
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Open the form in which a report is made."""
    await ack()
    view = new_report_view(services, owner, user_id)
    await open_when_ready(client, body["trigger_id"], NEW_TITLE, view)

"""Submission of the modal of the shortcut *Run a task*."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import NewTask, Owner
from listeners.interactions import interaction_id
from listeners.membership import require_membership
from listeners.permission import require_may_start
from listeners.services import ListenerServices
from listeners.views.payload_text import read_payload
from listeners.views.submitted_values import filled


async def handle_run_task_submission(
    ack: AsyncAck,
    view: dict[str, Any],
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Create a task and hand it to its runner; its message appears in the chosen channel."""
    values = filled(view)
    new = NewTask(
        task=values["kind"] or "",
        channel=values["channel"] or "",
        subject=values["subject"],
        payload=read_payload(values["payload"]),
        environment=services.environment,
        created_by=user_id,
        run=True,
        correlation_id=interaction_id(),
    )
    await require_may_start(services, new.task, user_id)
    await require_membership(client, new.channel, services.bot_name)
    await services.tasks.create(owner, new)
    await ack()

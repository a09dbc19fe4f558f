"""The workflow step *Run a task*."""

from typing import Any

from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_sdk.web.async_client import AsyncWebClient

from bot.ids import is_slack_user_id
from bot.tasks.creation import NewTask, Owner
from listeners.interactions import interaction_id
from listeners.membership import require_membership
from listeners.permission import require_workflows_may_start
from listeners.services import ListenerServices
from listeners.views.payload_text import read_payload


async def handle_run_task_step(
    event: dict[str, Any],
    inputs: dict[str, Any],
    complete: AsyncComplete,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Create a task and hand it to its runner, once however often Slack says so."""
    kind, channel, person = str(inputs.get("kind") or ""), inputs.get("channel"), inputs.get("user")
    require_workflows_may_start(services, kind)
    await require_membership(client, str(channel or ""), services.bot_name)
    new = NewTask(
        task=kind,
        channel=str(channel),
        subject=inputs.get("subject") or None,
        task_id=f"workflow.{event['function_execution_id']}",
        payload=read_payload(inputs.get("payload")),
        environment=services.environment,
        created_by=person if is_slack_user_id(person) else None,
        run=True,
        correlation_id=interaction_id(),
    )
    task, _ = await services.tasks.create(owner, new)
    await complete({"task_id": task.id})

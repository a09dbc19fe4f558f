"""The buttons of a task's message; each carries the task's id."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import Owner
from listeners.permission import require_may_act, require_stands_still
from listeners.services import ListenerServices
from listeners.views.modal_opening import open_when_ready
from listeners.views.tasks import task_log_builder
from listeners.views.tasks.retry_task_builder import RETRY_TITLE, build_retry_task


async def handle_task_retry_action(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Open the retry modal if the person may retry the task and it can still be retried."""
    await ack()
    view = _retry_view(services, owner, action["value"], user_id)
    await open_when_ready(client, body["trigger_id"], RETRY_TITLE, view)


async def _retry_view(
    services: ListenerServices, owner: Owner, task_id: str, user_id: str
) -> dict[str, Any]:
    task = await require_may_act(services, owner, task_id, user_id)
    require_stands_still(services, task)
    return build_retry_task(task)


async def handle_task_cancel_action(
    ack: AsyncAck, action: dict[str, Any], user_id: str, services: ListenerServices, owner: Owner
) -> None:
    """Cancel the task; its message shows who did."""
    await require_may_act(services, owner, action["value"], user_id)
    await services.tasks.cancel(owner, action["value"], by=user_id)
    await ack()


async def handle_task_log_lines_action(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Show the last lines of a task's log, whose address nobody has told."""
    await ack()
    view = log_view(services, owner, action["value"])
    await open_when_ready(client, body["trigger_id"], task_log_builder.LOG_TITLE, view)


async def log_view(services: ListenerServices, owner: Owner, task_id: str) -> dict[str, Any]:
    task, tail = await services.tasks.log_tail(owner, task_id, task_log_builder.SHOWN_CHARACTERS)
    return task_log_builder.build_task_log(task, tail)


async def handle_link_action(ack: AsyncAck) -> None:
    """Acknowledge a click on a link button; Slack has opened the link itself."""
    await ack()

"""The global shortcut *Run a task*."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import Owner
from listeners.views.tasks.run_task_builder import build_run_task


async def handle_run_task_shortcut(
    ack: AsyncAck,
    shortcut: dict[str, Any],
    client: AsyncWebClient,
    owner: Owner,
    kinds: Callable[[Owner], Awaitable[list[str]]],
) -> None:
    """Open the modal in which kind, subject, channel and payload are chosen."""
    await ack()
    view = build_run_task(await kinds(owner))
    await client.views_open(trigger_id=shortcut["trigger_id"], view=view)

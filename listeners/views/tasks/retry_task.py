"""Submission of the retry modal."""

import json
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.tasks.creation import Owner
from listeners.permission import require_may_act
from listeners.services import ListenerServices
from listeners.views.payload_text import read_payload
from listeners.views.submitted_values import filled


async def handle_retry_task_submission(
    ack: AsyncAck, view: dict[str, Any], user_id: str, services: ListenerServices, owner: Owner
) -> None:
    """Start the next attempt, unless another attempt has started meanwhile."""
    seen, values = json.loads(view["private_metadata"]), filled(view)
    await require_may_act(services, owner, seen["task_id"], user_id)
    await services.tasks.retry(
        owner,
        seen["task_id"],
        by=user_id,
        attempt=seen["attempt"],
        payload=read_payload(values.get("payload")),
        reason=values.get("reason"),
    )
    await ack()

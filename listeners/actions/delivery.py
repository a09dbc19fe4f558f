"""The button of a notice about dead letters; it carries the notice's group."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.messages.dead_letters.notices import DeadLetters
from bot.tasks.creation import Owner
from bot.workspaces.access import Rights


async def handle_delivery_replay_action(
    ack: AsyncAck,
    action: dict[str, Any],
    user_id: str,
    rights: Rights,
    dead_letters: DeadLetters,
    owner: Owner,
) -> None:
    """Send again what the notice lists and resume its channel; the notice says who did."""
    await rights.require_operator(user_id)
    await dead_letters.replay_group(owner.tenant, action["value"], by=user_id)
    await ack()

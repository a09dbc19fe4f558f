"""Starts lanes whose wake-up was lost."""

from bot.messages.delivery.running_lanes import Lanes


async def sweep_lanes(lanes: Lanes) -> None:
    """Start the lanes of workspaces with something to do that no process serves."""
    await lanes.sweep()

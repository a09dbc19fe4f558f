"""Somebody opens the bot's Home tab."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import Owner
from listeners.home import Homes


async def handle_app_home_opened_event(
    event: dict[str, Any], client: AsyncWebClient, owner: Owner, homes: Homes
) -> None:
    """Fill the Home tab; the tab of messages needs nothing."""
    if event.get("tab") == "home":
        seen = event.get("view") or {}
        await homes.publish(client, owner, event["user"], seen.get("hash"))

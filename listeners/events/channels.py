"""A channel got another name, or is no longer one that the bot is in."""

from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.workspaces.directory import Directory

#: What makes the name of a channel mean something else; private channels are groups.
EVENTS = (
    *("channel_archive", "channel_deleted", "channel_left", "channel_rename"),
    *("group_archive", "group_deleted", "group_left", "group_rename"),
)


async def handle_channel_event(event: dict[str, Any], directory: Directory) -> None:
    """Ask for the channel's name again before it is used."""
    forget(event, directory)


async def handle_member_left_event(
    event: dict[str, Any], context: AsyncBoltContext, directory: Directory
) -> None:
    """Do the same where it is the bot that left."""
    if event.get("user") == context.bot_user_id:
        forget(event, directory)


def forget(event: dict[str, Any], directory: Directory) -> None:
    channel = event.get("channel")
    channel_id = channel.get("id") if isinstance(channel, dict) else channel
    if isinstance(channel_id, str):
        directory.forget(channel_id)

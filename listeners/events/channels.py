"""Events about channels that were renamed, archived, deleted or left."""

from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.workspaces.directory import Directory

#: After these a name may mean another channel; private channels are groups.
CHANNEL_EVENTS = (
    *("channel_archive", "channel_deleted", "channel_left", "channel_rename"),
    *("group_archive", "group_deleted", "group_left", "group_rename"),
)


async def handle_channel_event(event: dict[str, Any], directory: Directory) -> None:
    """Forget the channel's name, so that it is looked up again before use."""
    forget(event, directory)


async def handle_member_left_event(
    event: dict[str, Any], context: AsyncBoltContext, directory: Directory
) -> None:
    """Do the same if it is the bot that left."""
    if event.get("user") == context.bot_user_id:
        forget(event, directory)


def forget(event: dict[str, Any], directory: Directory) -> None:
    channel = event.get("channel")
    channel_id = channel.get("id") if isinstance(channel, dict) else channel
    if isinstance(channel_id, str):
        directory.forget(channel_id)

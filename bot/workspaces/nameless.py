"""Names where there is no token to ask Slack with."""

from bot.workspaces.directory import Directory


class Nameless(Directory):
    """
    Takes every channel's name for its id.

    A webhook posts into its own channel, whatever the message is called after.
    """

    def __init__(self) -> None:
        """There is nobody to ask."""

    async def channel_id(self, channel: str) -> str:
        """Return the name as it was given."""
        return channel.strip()

    async def group_members(self, group: str) -> frozenset[str]:  # noqa: ARG002
        """Return nobody: nobody clicks anything."""
        return frozenset()

"""Where reports may go, and who is there to own them, as Slack knows it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bot.errors import InvalidError, UnavailableError
from bot.ids import is_slack_user_id
from bot.messages.destinations import is_destination


class Lookup(Protocol):
    """Asks Slack, workspace by workspace (`bot.workspaces.directory`)."""

    async def channel_id(self, workspace_id: str, channel: str) -> str:
        """Return the id for an id, a `#name`, a mention or a link; raise `InvalidError`."""
        ...

    async def require_channel(self, workspace_id: str, channel_id: str) -> None:
        """Raise `InvalidError` if the bot cannot post there, `UnavailableError` if unknown."""
        ...

    async def require_person(self, workspace_id: str, user_id: str) -> None:
        """Raise `InvalidError` if nobody is there, `UnavailableError` if unknown."""
        ...


class Places:
    """Checks channels and people; what Slack does not tell at present is taken on trust."""

    def __init__(
        self, lookup: Lookup, workspaces_of: Callable[[str], Awaitable[Sequence[str]]]
    ) -> None:
        self._lookup = lookup
        self._workspaces_of = workspaces_of

    async def workspace(self, tenant: str, wanted: str | None, usual: str) -> str:
        """Return the workspace to post in; raise `InvalidError` for one of somebody else."""
        if wanted is None or wanted == usual:
            if not usual:
                raise InvalidError(
                    "connect a workspace first: POST /api/scheduling/slack/workspace"
                )
            return usual
        if wanted not in await self._workspaces_of(tenant):
            raise InvalidError("it is not connected: POST /api/scheduling/slack/workspace")
        return wanted

    async def channel(self, workspace_id: str, channel: str) -> str:
        """Return the channel's id; raise `InvalidError` with the fix if the bot is not in it."""
        if is_destination(workspace_id):
            return channel.strip()
        try:
            channel_id = await self._lookup.channel_id(workspace_id, channel)
        except UnavailableError as error:
            raise InvalidError(str(error)) from error
        await self.require_channel(workspace_id, channel_id)
        return channel_id

    async def require_channel(self, workspace_id: str, channel_id: str) -> None:
        """Raise `InvalidError` with the fix if the bot is not in it, or it is gone."""
        if not is_destination(workspace_id):
            try:
                await self._lookup.require_channel(workspace_id, channel_id)
            except UnavailableError:
                return

    async def require_person(self, workspace_id: str, user_id: str) -> None:
        """Raise `InvalidError` with the fix if there is no such person, or not any more."""
        if not is_slack_user_id(user_id):
            raise InvalidError("give a Slack user id, such as U0123456789")
        if not is_destination(workspace_id):
            try:
                await self._lookup.require_person(workspace_id, user_id)
            except UnavailableError:
                return

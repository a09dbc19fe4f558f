"""Opens the way into any Slack workspace, with that workspace's own token."""

from collections.abc import Awaitable, Callable

from bot.messages.pacing import Pacing
from bot.messages.transports.registry import Opened
from bot.messages.transports.slack import SlackTransport


class SlackWorkspaces:
    """Makes the transports of workspaces; *token_of* raises `NoTransportError` for strangers."""

    def __init__(
        self,
        api_url: str,
        token_of: Callable[[str], Awaitable[str]],
        pacing: Callable[[], Pacing] = Pacing,
    ) -> None:
        self._api_url = api_url
        self._token_of = token_of
        self._pacing = pacing

    async def open(self, workspace_id: str) -> Opened:
        """Return the way into a workspace; nothing is connected yet."""
        transport = SlackTransport(self._api_url, await self._token_of(workspace_id))
        return Opened(transport, self._pacing(), transport.close)

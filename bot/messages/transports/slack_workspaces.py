"""Opens transports to Slack workspaces, each with its own token."""

from collections.abc import Awaitable, Callable

from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.transports.factory import Opened
from bot.messages.transports.proxied_http import open_connection
from bot.messages.transports.slack import SlackTransport
from bot.outgoing.proxies import NO_PROXIES, Proxies


class SlackWorkspaces:
    """
    Makes the transports of workspaces; *token_of* raises `NoTransportError` for strangers.

    All of them share the connections: a workspace is told from another by its token alone, and
    a connection (with TLS) for each would cost more than what most lanes have to say.
    """

    def __init__(
        self,
        api_url: str,
        token_of: Callable[[str], Awaitable[str]],
        pacing: Callable[[], Pacing] = Pacing,
        proxies: Proxies = NO_PROXIES,
    ) -> None:
        self._api_url = api_url
        self._token_of = token_of
        self._pacing = pacing
        self._proxies = proxies
        self._wire = open_connection(api_url, {}, proxies)

    async def open(self, workspace_id: str) -> Opened:
        """Return the way into a workspace; nothing is connected yet."""
        token = await self._token_of(workspace_id)
        transport = SlackTransport(self._api_url, token, wire=self._wire, proxies=self._proxies)
        return Opened(transport, self._pacing(), transport.close)

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

"""Channels by name in any connected workspace: each is asked with its own token."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NoTransportError, UnavailableError
from bot.workspaces.directory import Directory, read_id

#: So many workspaces' names are kept; the one that was asked for longest ago goes first.
MOST_KEPT = 200


class Directories:
    """Knows the channels of every workspace that *token_of* has a token for."""

    def __init__(
        self,
        home_id: str,
        home: Directory,
        api_url: str,
        token_of: Callable[[str], Awaitable[str]],
        proxy: str | None = None,
    ) -> None:
        self._home_id = home_id
        self._home = home
        self._api_url = api_url
        self._token_of = token_of
        self._proxy = proxy
        self._kept: OrderedDict[tuple[str, str], Directory] = OrderedDict()

    async def channel_id(self, workspace_id: str, channel: str) -> str:
        """Return the id for an id, a `#name`, a mention or a link; raise as `Directory` does."""
        return read_id(channel) or await (await self._of(workspace_id)).channel_id(channel)

    async def _of(self, workspace_id: str) -> Directory:
        if workspace_id == self._home_id:
            return self._home
        try:
            token = await self._token_of(workspace_id)
        except NoTransportError as error:
            raise UnavailableError(
                f"The workspace's token cannot be used ({error}): give the channel's id."
            ) from error
        key = (workspace_id, token)
        directory = self._kept.pop(key, None) or self._open(token)
        self._kept[key] = directory
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return directory

    def _open(self, token: str) -> Directory:
        return Directory(AsyncWebClient(token=token, base_url=self._api_url, proxy=self._proxy))

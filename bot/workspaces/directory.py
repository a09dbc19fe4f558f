"""Names of channels and members of user groups, as Slack knows them; asked rarely, kept a while."""

import asyncio
import re
import time

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import InvalidError, UnavailableError

CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{2,}")
CHANNEL_LINK = re.compile(
    r"<#([CDG][A-Z0-9]{2,})(?:\|[^>]*)?>|https?://\S+/archives/([CDG][A-Z0-9]+)"
)
KEPT_SECONDS = 60.0
PAGE = 200
#: A name that is in no list makes us ask again, however often it is given, at most so often: Slack
#: takes 20 such calls a minute. https://docs.slack.dev/reference/methods/users.conversations
READ_AGAIN_SECONDS = 3.0


class Directory:
    """
    One workspace's names.

    Only the channels the bot is in are ever listed: big workspaces have too many to page through.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._channels: dict[str, str] = {}
        self._reading: asyncio.Task[None] | None = None
        self._read_again_at = 0.0
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    async def channel_id(self, channel: str) -> str:
        """
        Return the id for an id, a `#name`, a mention or a link.

        Raises `InvalidError` when the bot is in no channel of that name, `UnavailableError` when
        Slack does not tell.
        """
        channel_id = read_id(channel)
        if channel_id is not None:
            return channel_id
        if channel.strip().startswith("@"):
            raise InvalidError("For a direct message give the person's id, like U0123456789.")
        name = channel.strip().removeprefix("#")
        if name not in self._channels:
            await self._read_channels()
        if name not in self._channels:
            raise InvalidError(
                f"I am in no channel called #{name}: type `/invite` with my name there, "
                "or give the channel's id."
            )
        return self._channels[name]

    async def group_members(self, group: str) -> frozenset[str]:
        """Return a user group's members; nobody if Slack does not tell."""
        kept = self._groups.get(group)
        if kept and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return frozenset()  # Not kept: the next click asks again.
        members: frozenset[str] = frozenset(answer.get("users") or [])
        self._groups[group] = (time.monotonic(), members)
        return members

    async def _read_channels(self) -> None:
        """Read the list, once for all who ask meanwhile; what was read just now is not yet."""
        is_over = self._reading is None or self._reading.done()
        if self._reading is None or (is_over and time.monotonic() >= self._read_again_at):
            self._reading = asyncio.create_task(self._read_pages(), name="read channels")
        try:
            await asyncio.shield(self._reading)  # The others still want it if this caller hangs up.
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError(
                "Slack does not say which channels there are just now: try again, "
                "or give the channel's id."
            ) from error

    async def _read_pages(self) -> None:
        cursor = ""
        while True:
            page = await self._read_page(cursor)
            for channel in page.get("channels") or []:
                self._channels[channel["name"]] = channel["id"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                self._rest(READ_AGAIN_SECONDS)
                return

    async def _read_page(self, cursor: str) -> AsyncSlackResponse:
        try:
            return await self._client.users_conversations(
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor or None,
            )
        except SlackApiError as error:
            self._rest(float(error.response.headers.get("Retry-After", 0)))
            raise

    def _rest(self, seconds: float) -> None:
        self._read_again_at = time.monotonic() + seconds


def read_id(channel: str) -> str | None:
    """Return the id that an id, a mention or a link says; None for a name."""
    channel = channel.strip()
    link = CHANNEL_LINK.match(channel)
    if link:
        return link[1] or link[2]
    return channel if CHANNEL_ID.fullmatch(channel) else None

"""Channel names and user-group members, as Slack knows them; cached for a while."""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import InvalidError, NoTransportError, UnavailableError
from bot.ids import is_slack_channel_id

_CHANNEL_LINK = re.compile(
    r"<#([CDG][A-Z0-9]{2,})(?:\|[^>]*)?>|https?://\S+/archives/([CDG][A-Z0-9]+)"
)
#: Could be an id as well as a name in capitals.
_EITHER = re.compile("[CDG][A-Z0-9]{2,}")
#: A name that was read longer ago is read again before it is used.
NAMES_KEPT_SECONDS = 60.0
#: While Slack does not answer, the last list remains valid for this long.
NAMES_KEPT_WITHOUT_SLACK_SECONDS = 600.0
PAGE = 200
#: A name that is in no list makes us ask again, however often it is given, at most so often: Slack
#: takes 20 such calls a minute. https://docs.slack.dev/reference/methods/users.conversations
_READ_AGAIN_SECONDS = 3.0
#: How long a list is waited for by those who can do without it, and by those who cannot.
_KNOWN_NAME_WAIT_SECONDS = 3.0
_NEW_NAME_WAIT_SECONDS = 15.0
#: Slack's answers about what is not there, or not for the bot to see.
_NOT_THERE = frozenset({"channel_not_found", "invalid_channel"})
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
#: Maximum number of workspaces whose names are kept; the one not asked for longest goes first.
_MAX_KEPT_WORKSPACES = 200


class Directory:
    """
    One workspace's names.

    Only the channels the bot is in are ever listed: big workspaces have too many to page through.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        patience_seconds: float = _KNOWN_NAME_WAIT_SECONDS,
    ) -> None:
        """*patience_seconds*: how long a known name waits for a Slack that does not answer."""
        self._client = client
        self._monotonic = monotonic
        self._reading_since = 0.0
        self._patience = patience_seconds
        self._channels: dict[str, str] = {}
        self._read_at: float | None = None
        self._is_stale = False
        self._reading: asyncio.Task[None] | None = None
        self._wait_until = 0.0
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    async def channel_id(self, channel: str) -> str:
        """
        Return the id for an id, a `#name` in any case, a mention or a link.

        Raises `InvalidError` when the bot is in no channel of that name, `UnavailableError` when
        Slack does not tell.
        """
        channel_id = read_id(channel)
        if channel_id is not None:
            return channel_id
        written = channel.strip()
        if written.startswith("@"):
            raise InvalidError("For a direct message, give the person's id, like U0123456789.")
        name = written.removeprefix("#").lower()
        try:
            await self._refresh(name)
        except UnavailableError:
            if not _EITHER.fullmatch(written):
                raise
        if name in self._channels:
            return self._channels[name]
        if _EITHER.fullmatch(written):
            return written
        raise InvalidError(
            f"I am not in a channel called #{name}: type `/invite` with my name there, "
            "or give the channel's id."
        )

    def forget(self, channel_id: str) -> None:
        """Forget a channel's name, because it was renamed, archived or left."""
        self._channels = {name: one for name, one in self._channels.items() if one != channel_id}
        self._is_stale = True

    async def group_members(self, group: str) -> frozenset[str]:
        """Return a user group's members; nobody if Slack does not tell."""
        kept = self._groups.get(group)
        if kept and self._monotonic() - kept[0] < NAMES_KEPT_SECONDS:
            return kept[1]
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return frozenset()  # Not kept: the next click asks again.
        members: frozenset[str] = frozenset(answer.get("users") or [])
        self._groups[group] = (self._monotonic(), members)
        return members

    async def timezone_of(self, user_id: str) -> str | None:
        """Return a person's time zone, e.g. Europe/Berlin; None if Slack does not tell."""
        try:
            answer = await self._client.users_info(user=user_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return None
        return (answer.get("user") or {}).get("tz") or None

    async def require_channel(self, channel_id: str) -> None:
        """Raise `InvalidError` if the bot is not in it, `UnavailableError` if Slack is silent."""
        answer = await self._ask(self._client.conversations_info(channel=channel_id))
        channel = answer.get("channel") or {}
        name = f"#{channel['name']}" if channel.get("name") else "this channel"
        if answer.get("error") in _NOT_THERE:
            raise InvalidError(
                "There is no such channel, or I am not in it: type `/invite` with my name there."
            )
        if channel.get("is_archived"):
            raise InvalidError(f"{name} is archived: choose another channel.")
        if not (channel.get("is_member") or channel.get("is_im")):
            raise InvalidError(f"I am not in {name}: type `/invite` with my name there.")

    async def require_person(self, user_id: str) -> None:
        """Raise `InvalidError` if nobody is there, `UnavailableError` if Slack is silent."""
        answer = await self._ask(self._client.users_info(user=user_id))
        if answer.get("error") in _NOBODY:
            raise InvalidError("There is no such person in this workspace.")
        if (answer.get("user") or {}).get("deleted"):
            raise InvalidError("This person has left the workspace.")
        if (answer.get("user") or {}).get("is_bot"):
            raise InvalidError("This is an app, not a person.")

    async def _ask(self, call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
        """Return Slack's answer, also one that says there is none; raise `UnavailableError`."""
        try:
            answer = (await call).data
        except SlackApiError as error:
            answer = error.response.data
            if isinstance(answer, dict) and answer.get("error") == "missing_scope":
                needed = str(answer.get("needed") or "that it is asked for")
                raise UnavailableError(
                    f"The app may not ask Slack about it: give it the scope {needed}."
                ) from error
            if not isinstance(answer, dict) or answer.get("error") not in _NOT_THERE | _NOBODY:
                raise UnavailableError("Slack does not say at present: try again.") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError("Slack cannot be reached at present: try again.") from error
        return answer if isinstance(answer, dict) else {}

    async def _refresh(self, name: str) -> None:
        """Read the channels again if the name is unknown or was read too long ago."""
        if name in self._channels and not self._is_stale and self._age() < NAMES_KEPT_SECONDS:
            return
        is_usable = name in self._channels and self._age() < NAMES_KEPT_WITHOUT_SLACK_SECONDS
        try:
            await self._read_channels(self._patience if is_usable else _NEW_NAME_WAIT_SECONDS)
        except UnavailableError:
            if name not in self._channels or self._age() >= NAMES_KEPT_WITHOUT_SLACK_SECONDS:
                raise

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self._monotonic() - self._read_at

    async def _read_channels(self, seconds: float) -> None:
        """
        Read the list once for all simultaneous callers; a fresh list is not read again.

        Raises `UnavailableError` once the reading has taken so long: a Slack that hangs would
        otherwise hold up whoever names a channel for as long as its client waits.
        """
        if self._reading is None or (self._reading.done() and self._may_read()):
            self._reading = asyncio.create_task(self._read_pages(), name="read channels")
            self._reading_since = asyncio.get_running_loop().time()
        try:
            # The others still want it if this caller hangs up.
            async with asyncio.timeout_at(self._reading_since + seconds):
                await asyncio.shield(self._reading)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            if isinstance(error, SlackApiError) and error.response.get("error") == "missing_scope":
                raise InvalidError(
                    "The app may not list channels: give the channel's id, or the app the scopes "
                    "channels:read and groups:read."
                ) from error
            raise UnavailableError(
                "Slack could not list its channels: try again, or give the channel's id."
            ) from error

    def _may_read(self) -> bool:
        is_news = self._is_stale or self._age() >= _READ_AGAIN_SECONDS
        return is_news and self._monotonic() >= self._wait_until

    async def _read_pages(self) -> None:
        """Replace all that is known, so that no name outlives its channel."""
        self._is_stale = False  # What changes while we read makes it stale again.
        found: list[dict[str, Any]] = []
        cursor = ""
        try:
            while True:
                page = await self._read_page(cursor)
                found += page.get("channels") or []
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except BaseException:
            self._is_stale = True
            raise
        # The last one of a name stays: a living one, of this workspace, the newest.
        found.sort(key=preference)
        self._channels = {str(one["name"]).lower(): one["id"] for one in found}
        self._read_at = self._monotonic()

    async def _read_page(self, cursor: str) -> AsyncSlackResponse:
        try:
            return await self._client.users_conversations(
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor or None,
            )
        except SlackApiError as error:
            pause = float(error.response.headers.get("Retry-After", 0))
            self._wait_until = self._monotonic() + pause
            raise


class Nameless(Directory):
    """
    Uses every channel's name as its id, for a bot without a token to ask Slack with.

    A webhook posts into its own channel, whatever channel the message names.
    """

    def __init__(self) -> None:
        """There is nobody to ask."""

    async def channel_id(self, channel: str) -> str:
        """Return the name as it was given."""
        return channel.strip()

    def forget(self, channel_id: str) -> None:
        """Nothing is known of any channel."""

    async def group_members(self, group: str) -> frozenset[str]:  # noqa: ARG002
        """Return nobody: nobody clicks anything."""
        return frozenset()

    async def timezone_of(self, user_id: str) -> str | None:  # noqa: ARG002
        """Return None: nobody opens anything."""
        return None

    async def require_channel(self, channel_id: str) -> None:
        """Take it on trust."""

    async def require_person(self, user_id: str) -> None:
        """Take it on trust."""


class UnaskedDirectories:
    """Takes every channel and person on trust, for commands that never talk to Slack."""

    async def channel_id(self, workspace_id: str, channel: str) -> str:  # noqa: ARG002
        """Return the channel as it was given."""
        return channel.strip()

    async def require_channel(self, workspace_id: str, channel_id: str) -> None:
        """Take it on trust."""

    async def require_person(self, workspace_id: str, user_id: str) -> None:
        """Take it on trust."""


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

    async def require_channel(self, workspace_id: str, channel_id: str) -> None:
        """Raise as `Directory` does if the bot cannot post there."""
        await (await self._of(workspace_id)).require_channel(channel_id)

    async def require_person(self, workspace_id: str, user_id: str) -> None:
        """Raise as `Directory` does if nobody is there."""
        await (await self._of(workspace_id)).require_person(user_id)

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
        if len(self._kept) > _MAX_KEPT_WORKSPACES:
            self._kept.popitem(last=False)
        return directory

    def _open(self, token: str) -> Directory:
        return Directory(AsyncWebClient(token=token, base_url=self._api_url, proxy=self._proxy))


def preference(channel: dict[str, Any]) -> tuple[bool, bool, int]:
    """Return the sort key of channels with one name; the preferred one comes last."""
    is_foreign = bool(channel.get("is_ext_shared"))
    created = channel.get("created")
    return (
        not channel.get("is_archived"),
        not is_foreign,
        created if isinstance(created, int) else 0,
    )


def read_id(channel: str) -> str | None:
    """Return the id that an id, a mention or a link says; None for a name."""
    channel = channel.strip()
    link = _CHANNEL_LINK.match(channel)
    if link:
        return link[1] or link[2]
    return channel if is_slack_channel_id(channel) else None

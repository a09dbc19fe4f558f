"""Pins messages in the channels of every workspace."""

from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NoTransportError, UnavailableError

_PASSING_PIN_ERRORS = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)


class Pins:
    """
    Needs the scope `pins:write`.

    *client_of* returns the client of a workspace, and raises `NoTransportError` without a token.
    """

    def __init__(self, client_of: Callable[[str], Awaitable[AsyncWebClient]]) -> None:
        self._client_of = client_of

    async def pin(self, workspace_id: str, channel: str, ts: str) -> str | None:
        """
        Pin a message; return None, or the code with which Slack refused for good.

        Raises `UnavailableError` when it may work later.
        """
        try:
            client = await self._client_of(workspace_id)
            await client.pins_add(channel=channel, timestamp=ts)
        except NoTransportError as error:
            return str(error)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code in _PASSING_PIN_ERRORS:
                raise UnavailableError(f"Slack answers `{code}`.") from error
            return None if code == "already_pinned" else code
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError("Slack cannot be reached.") from error
        return None

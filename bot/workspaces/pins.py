"""Pins messages in channels."""

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UnavailableError

_PASSING_PIN_ERRORS = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)


class Pins:
    """Needs the scope `pins:write`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def pin(self, channel: str, ts: str) -> str | None:
        """
        Pin a message; return None, or the code with which Slack refused for good.

        Raises `UnavailableError` when it may work later.
        """
        try:
            await self._client.pins_add(channel=channel, timestamp=ts)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code in _PASSING_PIN_ERRORS:
                raise UnavailableError(f"Slack answers `{code}`.") from error
            return None if code == "already_pinned" else code
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError("Slack cannot be reached.") from error
        return None

"""Our presence in Slack: a bot that hears people, or only an incoming webhook."""

import logging
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages.destinations import destination_id
from bot.settings import WEBHOOK, Settings
from bot.wiring.credentials import tokens_of
from bot.workspaces.directory import Directory, Nameless
from bot.workspaces.preflight import Identity, check_tokens
from listeners.socket import Socket


@dataclass(frozen=True)
class Presence:
    """Our presence in Slack; without a bot token there is no Bolt app and no socket."""

    identity: Identity
    directory: Directory
    ears: AsyncApp | None = None
    socket: Socket | None = None

    def heard(self) -> dict[str, Any]:
        """Return the socket's health; without a bot token no socket is needed."""
        return asdict(self.socket.health()) if self.socket else {"connected": True, "used": False}


async def appear(settings: Settings, session: aiohttp.ClientSession) -> Presence:
    """
    Check the tokens and return our presence; raise `ConfigError` for tokens that Slack refuses.
    """
    if settings.speaks_by_webhook:
        return Presence(Identity(destination_id(WEBHOOK), WEBHOOK, "", "", frozenset()), Nameless())
    bot_token, app_token = tokens_of(settings)
    proxy = settings.proxies.for_url(settings.slack_api_url)
    identity = await check_tokens(
        session, settings.slack_api_url, bot_token, app_token, proxy=proxy
    )
    ears = AsyncApp(
        client=AsyncWebClient(token=bot_token, base_url=settings.slack_api_url, proxy=proxy),
        # Its own would warn at every start that SLACK_BOT_TOKEN in the environment is not used.
        logger=logging.getLogger("slack_bolt"),
    )
    socket = Socket(ears, app_token, proxy=proxy, app_id=identity.app_id)
    return Presence(identity, Directory(ears.client), ears, socket)

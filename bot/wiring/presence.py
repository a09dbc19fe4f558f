"""Our presence in Slack: a bot that hears people, or only an incoming webhook."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages.delivery.health import LaneHealth, health_of_each
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.destinations import destination_id
from bot.settings import WEBHOOK, Settings
from bot.telemetry.bus_figures import BusFigures
from bot.wiring.credentials import tokens_of
from bot.workspaces.directory import Directory, Nameless
from bot.workspaces.gate import House
from bot.workspaces.preflight import Identity, check_tokens
from bot.workspaces.service import WorkspaceConnections, missing_scopes
from listeners.socket import Socket

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Presence:
    """Our presence in Slack; without a bot token there is no Bolt app and no socket."""

    identity: Identity
    directory: Directory
    ears: AsyncApp | None = None
    socket: Socket | None = None
    client: AsyncWebClient | None = None  # with SLACK_BOT_TOKEN

    @property
    def house(self) -> House:
        """Return the workspace whose members may use the bot."""
        own = self.identity
        return House(own.workspace_id, own.workspace_name, own.enterprise_id)

    def heard(self) -> dict[str, Any]:
        """Return the socket's health; without a bot token no socket is needed."""
        return asdict(self.socket.health()) if self.socket else {"connected": True, "used": False}

    def health(
        self, lanes: Lanes, own_lanes: Collection[str], bus: BusFigures | None = None
    ) -> dict[str, Any]:
        """Return what `/ops health` shows; lanes of other tenants are not shown."""
        shown = [asdict(lane) for lane in health_of_each(sorted(own_lanes), lanes.health())]
        return {"socket": self.heard(), "lanes": shown, "bus": bus.shown() if bus else {}}

    def is_in_touch(self, lanes: Sequence[LaneHealth]) -> bool:
        """Tell whether Slack can reach us, and takes what we deliver to our own workspace."""
        home = (one for one in lanes if one.workspace_id == self.identity.workspace_id)
        return bool(self.heard().get("connected")) and all(one.is_well for one in home)


def slack_client(settings: Settings, token: str) -> AsyncWebClient:
    """Return a client of Slack with this token."""
    url = settings.slack_api_url
    return AsyncWebClient(token=token, base_url=url, proxy=settings.proxies.for_url(url))


def clients_of(
    settings: Settings, connections: WorkspaceConnections
) -> Callable[[str], Awaitable[AsyncWebClient]]:
    """Return what opens the client of a workspace; it raises `NoTransportError`."""

    async def client_of(workspace_id: str) -> AsyncWebClient:
        return slack_client(settings, await connections.token_of(workspace_id))

    return client_of


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
    missing = missing_scopes(identity.scopes)
    if missing:  # docs/scopes.md says what works less well.
        logger.warning("scopes_missing", scopes=missing)
    client = slack_client(settings, bot_token)

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Of whose workspace it is, and with which token, is decided by `listeners.admission`. A
        # token of one workspace that is revoked must not silence the others.
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=bot_token,
            bot_user_id=identity.bot_user_id,
        )

    ears = AsyncApp(
        client=AsyncWebClient(base_url=settings.slack_api_url, proxy=proxy),
        authorize=authorize,
        # Its own would warn at every start that SLACK_BOT_TOKEN in the environment is not used.
        logger=logging.getLogger("slack_bolt"),
    )
    socket = Socket(ears, app_token, proxy=proxy, app_id=identity.app_id)
    return Presence(identity, Directory(client), ears, socket, client)


def open_session() -> aiohttp.ClientSession:
    """Return the one pool of connections for everything we call."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60))

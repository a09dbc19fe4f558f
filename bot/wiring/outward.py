"""Everything that calls Slack: tokens of workspaces, transports and lanes."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

import aiohttp
from sqlmodel import Session, col, delete

from bot.clock import Clock
from bot.db import Database
from bot.errors import ConfigError, ForbiddenError
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.destinations import DESTINATION_PREFIX, Destinations
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.templates.isolation import Isolation
from bot.messages.transports.destination import transport_maker
from bot.messages.transports.factory import Transports
from bot.messages.transports.proxied_http import wait_closed
from bot.messages.transports.slack_workspaces import SlackWorkspaces
from bot.settings import Settings
from bot.telemetry.meters import Meters
from bot.wakeups import Wakeups, send_wakeup
from bot.wiring.credentials import tokens_of
from bot.workspaces.models import DEFAULT_TENANT, Workspace, WorkspaceToken
from bot.workspaces.oauth import Grant, OAuthApp, exchange_code
from bot.workspaces.preflight import Identity, identify
from bot.workspaces.reencryption import reseal_tokens
from bot.workspaces.service import WorkspaceConnections, store
from bot.workspaces.tokens import Vault, split_keys


@dataclass(frozen=True)
class Outward:
    """The lanes and workspace connections, for the rest of the bot."""

    lanes: Lanes
    connections: WorkspaceConnections
    exchange: Callable[[OAuthApp, str], Awaitable[Grant]]


async def open_outward(
    settings: Settings,
    database: Database,
    renderer: Renderer,
    clock: Clock,
    session: aiohttp.ClientSession,
    stack: AsyncExitStack,
    destinations: Destinations,
    pacing: Callable[[], Pacing],
    isolation: Isolation,
    meters: Meters,
    app_id: str | None = None,
) -> Outward:
    """
    Build the outward connections; *stack* closes them. Lanes start when they have work.

    *app_id* is the app of SLACK_BOT_TOKEN; None if it is not known.
    """
    vault = _vault_of(settings)
    proxies = settings.proxies
    transports = Transports()
    lanes = Lanes(
        database,
        renderer,
        clock,
        isolation=isolation,
        transports=transports,
        wake_elsewhere=None if database.is_sqlite else send_wakeup,
        delivery_ended=meters.delivery_ended,
    )
    connections = WorkspaceConnections(
        database,
        clock,
        vault,
        home_token=None if settings.speaks_by_webhook else tokens_of(settings)[0],
        identify=partial(
            identify, session, settings.slack_api_url, proxy=proxies.for_url(settings.slack_api_url)
        ),
        reopen=lanes.reopen,
        app_id=app_id,
    )
    slack = SlackWorkspaces(settings.slack_api_url, connections.token_of, pacing, proxies)
    transports.add("", slack.open)
    transports.add(DESTINATION_PREFIX, transport_maker(destinations, proxies))
    stack.push_async_callback(wait_closed)
    stack.callback(slack.close)
    stack.push_async_callback(lanes.stop)
    if not database.is_sqlite:
        wakeups = Wakeups(database)
        wakeups.start(lanes.hear)
        stack.push_async_callback(wakeups.stop)
    if vault is not None:
        await reseal_tokens(database, vault)
    exchange = partial(exchange_code, session, proxy=proxies.for_url(settings.slack_api_url))
    return Outward(lanes, connections, exchange)


def _vault_of(settings: Settings) -> Vault | None:
    """Return the vault that encrypts tokens; None without a key."""
    secret = settings.token_encryption_key
    return Vault(split_keys(secret.get_secret_value())) if secret else None


async def remember_home(database: Database, clock: Clock, identity: Identity) -> None:
    """
    Store the workspace of SLACK_BOT_TOKEN, or the webhook, as that of the tenant `default`.

    Raises `ConfigError` if another tenant has connected it.
    """
    workspace = Workspace(
        id=identity.workspace_id,
        tenant=DEFAULT_TENANT,
        name=identity.workspace_name,
        url=identity.workspace_url,
        bot_user_id=identity.bot_user_id,
        seen_at=clock.now(),
        enterprise_id=identity.enterprise_id,
        scopes=" ".join(sorted(identity.scopes)),
    )

    def work(session: Session) -> None:
        session.exec(
            delete(WorkspaceToken).where(
                col(WorkspaceToken.sealed).is_(None),
                col(WorkspaceToken.workspace_id) != workspace.id,
            )
        )
        # Processes that start together say the same of it at the same time.
        store(session, workspace, None, "environment")

    try:
        await database.write(work)
    except ForbiddenError as error:
        problem = f"SLACK_BOT_TOKEN: another tenant has connected its team {workspace.id}"
        raise ConfigError([problem]) from error

"""What listeners need of the connected workspaces besides that of SLACK_BOT_TOKEN."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.config_file import ConfigFile
from bot.db import Database
from bot.tasks.creation import Owner
from bot.workspaces.access import Rights, config_in, named_people, retry_roles
from bot.workspaces.directory import Directory
from bot.workspaces.gate import Gate, House
from bot.workspaces.models import DEFAULT_TENANT, Workspace
from bot.workspaces.queries import connected_of_enterprise, count_workspaces
from bot.workspaces.service import WorkspaceConnections
from listeners.services import ListenerServices

_MAX_OPEN = 200


@dataclass(frozen=True)
class OthersNeed:
    """
    What the services of other workspaces are made of.

    `call_slack` returns the client of a token, `health` is told whose lanes it may show.
    """

    config: ConfigFile
    database: Database
    connections: WorkspaceConnections
    call_slack: Callable[[str], AsyncWebClient]
    health: Callable[[Collection[str]], dict[str, Any]]
    kinds: Callable[[Owner], Awaitable[Sequence[str]]]


class OtherWorkspaces:
    """
    Implements `listeners.Elsewhere`.

    opsbell.toml belongs to the tenant `default`: its operators, kinds and leaderboards apply in all
    workspaces of that tenant. In a workspace of another tenant every full member may act, unless
    its own section names people.
    """

    def __init__(self, home: ListenerServices, need: OthersNeed) -> None:
        self._home = home
        self._need = need
        self._open: OrderedDict[str, tuple[str, str, ListenerServices]] = OrderedDict()

    async def services_of(self, workspace_id: str) -> ListenerServices | None:
        """Return the services of a connected workspace; None for any other."""
        found = await self._need.connections.open_workspace(workspace_id)
        if found is None:
            self._open.pop(workspace_id, None)
            return None
        workspace, token = found
        known = self._open.pop(workspace_id, None)
        if known is None or known[:2] != (workspace.tenant, token):
            known = (workspace.tenant, token, self._services(workspace, token))
        self._open[workspace_id] = known
        if len(self._open) > _MAX_OPEN:
            self._open.popitem(last=False)
        return known[2]

    async def of_enterprise(self, enterprise_id: str) -> ListenerServices | None:
        """Return the services of an organisation's first connected workspace."""
        found = await self._need.database.read(
            lambda session: connected_of_enterprise(session, enterprise_id)
        )
        for workspace_id in found:
            services = await self.services_of(workspace_id)
            if services is not None:
                return services
        return None

    async def is_empty(self) -> bool:
        """Tell whether there was never another workspace than that of SLACK_BOT_TOKEN."""
        return await self._need.database.read(count_workspaces) <= 1

    def _services(self, workspace: Workspace, token: str) -> ListenerServices:
        client, owner = self._need.call_slack(token), Owner(workspace.tenant, workspace.id)
        directory = Directory(client)
        is_default = workspace.tenant == DEFAULT_TENANT
        config = config_in(self._need.config, workspace.id, workspace.tenant)
        house = House(workspace.id, workspace.name, workspace.enterprise_id)
        return replace(
            self._home,
            gate=Gate(client, house, named_people(config)),
            rights=Rights(config.access, directory, retry_roles(config)),
            directory=directory,
            owner_of=lambda _workspace_id: owner,
            config=config,
            kinds=self._home.kinds if is_default else self._kinds,
            health=partial(self._need.health, {workspace.id}),
            leaderboards=(
                self._home.leaderboards if is_default else self._home.leaderboards.without_boards()
            ),
            environment=self._home.environment if is_default else None,
            workspace_url=workspace.url or None,
            slack=client,
            bot_user_id=workspace.bot_user_id,
        )

    async def _kinds(self, owner: Owner) -> list[str]:
        return list(await self._need.kinds(owner))

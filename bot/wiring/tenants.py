"""Which tenant acts in which workspace."""

import time

from bot.db import Database
from bot.errors import InvalidError
from bot.tasks.creation import Owner
from bot.workspaces.models import DEFAULT_TENANT
from bot.workspaces.queries import connected_of, tenants_of

_OWNER_CACHE_SECONDS = 5.0


class Owners:
    """
    Resolves the owner (tenant and workspace) on whose behalf something is done.

    Without a named workspace it is the one that the tenant connected first; for the tenant
    `default` that is the workspace of SLACK_BOT_TOKEN.
    """

    def __init__(self, database: Database, home_id: str) -> None:
        self._database = database
        self._home_id = home_id
        self._kept: dict[str, tuple[float, Owner]] = {}

    async def of_tenant(self, tenant: str) -> Owner:
        """Return the tenant with its first workspace; raise `InvalidError` if it has none."""
        if tenant == DEFAULT_TENANT:
            return Owner(tenant, self._home_id)
        until, owner = self._kept.get(tenant, (0.0, None))
        if owner is not None and time.monotonic() < until:
            return owner
        connected = await self.workspaces_of(tenant)
        if not connected:
            self._kept.pop(tenant, None)
            raise InvalidError(f"Tenant `{tenant}` has no workspace here.")
        owner = Owner(tenant, connected[0])
        self._kept[tenant] = (time.monotonic() + _OWNER_CACHE_SECONDS, owner)
        return owner

    async def workspaces_of(self, tenant: str) -> list[str]:
        """Return all workspaces that the tenant has connected."""
        return await self._database.read(lambda session: connected_of(session, tenant))

    async def tenants(self) -> list[str]:
        """Return every tenant that has a workspace here, or had one."""
        return await self._database.read(tenants_of)

    def home_of(self, tenant: str) -> str | None:
        """Return the workspace for notices that belong to no workspace."""
        return self._home_id if tenant == DEFAULT_TENANT else None

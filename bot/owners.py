"""Who owns what, as long as one token means one workspace."""

from dataclasses import dataclass

from bot.errors import ForbiddenError, InvalidError
from bot.tasks.creation import Owner

#: The tenant of the workspace that SLACK_BOT_TOKEN belongs to.
DEFAULT_TENANT = "default"


@dataclass(frozen=True)
class Owners:
    """Who owns what, as long as one token means one workspace of the tenant `default`."""

    workspace_id: str

    def of_tenant(self, tenant: str) -> Owner:
        """Return the tenant's workspace; raise `InvalidError` if it has none."""
        if tenant != DEFAULT_TENANT:
            raise InvalidError(f"Tenant `{tenant}` has no workspace here.")
        return Owner(tenant, self.workspace_id)

    def home_of(self, tenant: str) -> str | None:
        """Return the workspace in which a tenant is told of what happens outside of any."""
        return self.workspace_id if tenant == DEFAULT_TENANT else None

    def of_workspace(self, workspace_id: str) -> Owner:
        """Return who owns a workspace that Slack names; raise `ForbiddenError` for another's."""
        if workspace_id != self.workspace_id:
            raise ForbiddenError("This workspace is not connected to Opsbell.")
        return Owner(DEFAULT_TENANT, workspace_id)

"""What a person who asks through Slack's own assistant may see and do: the same as in Slack."""

from bot.errors import ForbiddenError, UnavailableError
from bot.tokens import SCOPES, Caller
from bot.workspaces.gate import Visitor
from listeners.services import ListenerServices
from listeners.workspace_routing import Houses

#: Who may retry what kind of task is another question: `require_operator`.
_MAY = frozenset({"tasks:write", *(scope for scope in SCOPES if scope.endswith(":read"))})


class SlackPeople:
    """Implements `bot.http.services.People`; `houses` is None until somebody listens to Slack."""

    houses: Houses | None = None

    async def caller_of(self, visitor: Visitor) -> Caller:
        """
        Return the person as a caller; ask `require_operator` before a task is started.

        Raises `ForbiddenError` for whoever may not use the bot, `UnavailableError` if Slack does
        not say who that is.
        """
        services = await self._services_of(visitor)
        workspace_id = services.gate.house.workspace_id
        is_admin = await services.rights.is_admin(visitor.user_id)
        return Caller(
            subject=visitor.user_id,
            tenant=services.owner_of(workspace_id).tenant,
            scopes=_MAY | {"admin"} if is_admin else _MAY,
        )

    async def require_operator(self, visitor: Visitor, kind: str) -> None:
        """Raise `ForbiddenError`, saying who may, unless the person may start such tasks."""
        services = await self._services_of(visitor)
        roles = services.config.kind(kind).retry_roles
        await services.rights.require_operator(visitor.user_id, roles)

    async def _services_of(self, visitor: Visitor) -> ListenerServices:
        if self.houses is None:
            raise UnavailableError("Opsbell is not connected to Slack at present: try again.")
        place = {"team_id": visitor.seen_in, "enterprise_id": visitor.enterprise_id}
        services = (await self.houses.serving(place)).services
        await services.gate.require_insider(visitor)
        await services.rights.require_viewer(visitor.user_id)
        if visitor.seen_in != services.gate.house.workspace_id:
            raise ForbiddenError(f"Ask me in *{services.gate.house.name}*.")
        return services

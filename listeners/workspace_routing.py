"""Which workspace serves what Slack sends: one connection carries the events of all of them."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.errors import ForbiddenError
from listeners.event_workspaces import enterprise_of, places_of
from listeners.home import Homes
from listeners.services import ListenerServices

_MAX_SERVED = 200
_NOT_CONNECTED = (
    "This workspace is not connected to Opsbell, or no longer: ask whoever runs Opsbell for you."
)


class Elsewhere(Protocol):
    """Knows the connected workspaces besides that of SLACK_BOT_TOKEN."""

    async def services_of(self, workspace_id: str) -> ListenerServices | None:
        """Return a workspace's services, the same object while its token is; None for others."""
        ...

    async def of_enterprise(self, enterprise_id: str) -> ListenerServices | None:
        """Return the services of an organisation's first connected workspace."""
        ...

    async def is_empty(self) -> bool:
        """Tell whether there was never another workspace."""
        ...


@dataclass(frozen=True)
class Served:
    """The services of the workspace that serves, and its App Homes."""

    services: ListenerServices
    homes: Homes


class Houses:
    """Finds the workspace that serves a payload."""

    def __init__(self, home: ListenerServices, elsewhere: Elsewhere | None = None) -> None:
        self.home = Served(home, Homes(home))
        self._elsewhere = elsewhere
        self._served: OrderedDict[str, Served] = OrderedDict()

    async def serving(self, body: Mapping[str, Any]) -> Served:
        """
        Return what serves *body*: the first connected workspace of those that it names.

        A workspace of the same organisation serves what comes from one that is not connected; its
        gate decides. Raises `ForbiddenError` if no connected workspace has to do with it.
        """
        places, enterprise_id = places_of(body), enterprise_of(body)
        for workspace_id in places:
            served = await self._of(workspace_id)
            if served is not None:
                return served
        if enterprise_id is not None:
            served = await self._of_enterprise(enterprise_id)
            if served is not None:
                return served
        if self._elsewhere is None or await self._elsewhere.is_empty():
            return self.home  # Its gate says to whom it belongs.
        raise ForbiddenError(_NOT_CONNECTED)

    async def _of(self, workspace_id: str) -> Served | None:
        if workspace_id == self.home.services.gate.house.workspace_id:
            return self.home
        if self._elsewhere is None:
            return None
        return self._keep(await self._elsewhere.services_of(workspace_id))

    async def _of_enterprise(self, enterprise_id: str) -> Served | None:
        if enterprise_id == self.home.services.gate.house.enterprise_id:
            return self.home
        if self._elsewhere is None:
            return None
        return self._keep(await self._elsewhere.of_enterprise(enterprise_id))

    def _keep(self, services: ListenerServices | None) -> Served | None:
        """Return the services with the Homes that belong to them."""
        if services is None:
            return None
        workspace_id = services.gate.house.workspace_id
        served = self._served.pop(workspace_id, None)
        if served is None or served.services is not services:
            served = Served(services, Homes(services))
        self._served[workspace_id] = served
        if len(self._served) > _MAX_SERVED:
            self._served.popitem(last=False)
        return served

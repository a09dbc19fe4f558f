"""
Outlets: places outside every workspace that messages go to, `[destinations.<name>]` to people.

To a lane an outlet is what a workspace is. Its id cannot be that of a workspace, and it says what
is true of every outlet: nothing can be edited there, looked up, or answered to in a thread.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

PREFIX = "to:"


@dataclass(frozen=True)
class Outlet:
    """One place, and who may write to it. Its address is a secret and is never shown."""

    name: str
    tenant: str
    address: str = field(repr=False)
    is_mute: bool = False  # nobody hears what people click there

    @property
    def id(self) -> str:
        """What stands in the place of a workspace's id."""
        return outlet_id(self.name)

    @property
    def is_webhook(self) -> bool:
        """Tell whether it is an incoming webhook of Slack; else it is an Apprise address."""
        return self.address.startswith(("https://", "http://"))


class Outlets:
    """All outlets that the settings name."""

    def __init__(self, outlets: Iterable[Outlet] = ()) -> None:
        self._outlets = {outlet.id: outlet for outlet in outlets}

    def __iter__(self) -> Iterator[Outlet]:
        return iter(self._outlets.values())

    def get(self, workspace_id: str) -> Outlet | None:
        """Return the outlet of this id, or None."""
        return self._outlets.get(workspace_id)

    def find(self, tenant: str, name: str) -> Outlet | None:
        """Return the tenant's outlet of this name, or None."""
        return self.open_to(tenant, outlet_id(name))

    def open_to(self, tenant: str, workspace_id: str) -> Outlet | None:
        """Return the outlet of this id if the tenant may write to it, or None."""
        outlet = self.get(workspace_id)
        return outlet if outlet and outlet.tenant == tenant else None

    def ids(self, tenant: str) -> list[str]:
        """Return the ids of the outlets that a tenant may write to."""
        return [one.id for one in self._outlets.values() if one.tenant == tenant]

    def names(self, tenant: str) -> list[str]:
        """Return the names of the outlets that a tenant may write to."""
        return [one.name for one in self._outlets.values() if one.tenant == tenant]


NO_OUTLETS = Outlets()


def no_home(_tenant: str) -> str | None:
    """Say that a tenant has no workspace in which it could be told of its outlets."""
    return None


def outlet_id(name: str) -> str:
    return f"{PREFIX}{name}"


def is_outlet(workspace_id: str) -> bool:
    """Tell whether this is the id of an outlet, not of a workspace."""
    return workspace_id.startswith(PREFIX)


def shown_name(workspace_id: str) -> str:
    """Return a workspace's id, or an outlet's name: what people call it by."""
    return workspace_id.removeprefix(PREFIX)


def also_notified(number: int) -> str:
    """Return the name of one of the places that hear of alerts besides Slack, counted from 1."""
    return f"also-notify-{number}"

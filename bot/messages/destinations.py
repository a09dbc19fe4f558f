"""
Destinations: places outside Slack for messages, `[destinations.<name>]` in opsbell.toml.

A lane treats a destination like a workspace. Its id is never that of a workspace. No destination
can edit, look up or thread messages.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

DESTINATION_PREFIX = "to:"
_ALSO_NOTIFIED = "also-notify-"


@dataclass(frozen=True)
class Destination:
    """
    One destination, and the tenant that may write to it.

    Its address is a secret and is never shown.
    """

    name: str
    tenant: str
    address: str = field(repr=False)
    is_mute: bool = False  # clicks there reach nobody

    @property
    def id(self) -> str:
        """The destination's id, used in place of a workspace's id."""
        return destination_id(self.name)

    @property
    def setting(self) -> str:
        """The key of `opsbell.toml` that names it."""
        number = self.name.removeprefix(_ALSO_NOTIFIED)
        if number != self.name and number.isdecimal():
            return f"alerts.also_notify: address {number}"
        return f"destinations.{self.name}"

    @property
    def is_webhook(self) -> bool:
        """Tell whether it is an incoming webhook of Slack and not an Apprise address."""
        return self.address.startswith(("https://", "http://"))


class Destinations:
    """All destinations that the settings name."""

    def __init__(self, destinations: Iterable[Destination] = ()) -> None:
        self._destinations = {destination.id: destination for destination in destinations}

    def __iter__(self) -> Iterator[Destination]:
        return iter(self._destinations.values())

    def get(self, workspace_id: str) -> Destination | None:
        """Return the destination of this id, or None."""
        return self._destinations.get(workspace_id)

    def find(self, tenant: str, name: str) -> Destination | None:
        """Return the tenant's destination of this name, or None."""
        return self.open_to(tenant, destination_id(name))

    def open_to(self, tenant: str, workspace_id: str) -> Destination | None:
        """Return the destination of this id if the tenant may write to it, or None."""
        destination = self.get(workspace_id)
        return destination if destination and destination.tenant == tenant else None

    def ids(self, tenant: str) -> list[str]:
        """Return the ids of the destinations that a tenant may write to."""
        return [one.id for one in self._destinations.values() if one.tenant == tenant]

    def names(self, tenant: str) -> list[str]:
        """Return the names of the destinations that a tenant may write to."""
        return [one.name for one in self._destinations.values() if one.tenant == tenant]


NO_DESTINATIONS = Destinations()


def no_home(_tenant: str) -> str | None:
    """Return None: the tenant has no workspace for notices about its destinations."""
    return None


def destination_id(name: str) -> str:
    return f"{DESTINATION_PREFIX}{name}"


def is_destination(workspace_id: str) -> bool:
    """Tell whether this is the id of a destination, not of a workspace."""
    return workspace_id.startswith(DESTINATION_PREFIX)


def shown_name(workspace_id: str) -> str:
    """Return a workspace's id, or a destination's name: what people call it by."""
    return workspace_id.removeprefix(DESTINATION_PREFIX)


def also_notified(number: int) -> str:
    """Return the name of one of the places that hear of alerts besides Slack, counted from 1."""
    return f"{_ALSO_NOTIFIED}{number}"

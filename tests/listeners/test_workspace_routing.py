"""Which workspace serves, and what people of others are told."""

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import ForbiddenError
from bot.workspaces.gate import Gate, House
from listeners.services import ListenerServices
from listeners.workspace_routing import Houses
from tests.listeners.room import Room

HOME, BRANCH, COLLEAGUES, STRANGERS = "T0PLAYGRND", "T0BRANCH01", "T0SISTER01", "T9PARTNER1"
ORGANISATION = "E0BRANCH01"


class Connected:
    """The other workspaces: a branch of an organisation."""

    def __init__(self, branch: ListenerServices | None) -> None:
        self.branch = branch

    async def services_of(self, workspace_id: str) -> ListenerServices | None:
        return self.branch if workspace_id == BRANCH else None

    async def of_enterprise(self, enterprise_id: str) -> ListenerServices | None:
        return self.branch if enterprise_id == ORGANISATION else None

    async def is_empty(self) -> bool:
        return self.branch is None


@pytest.fixture
def branch(room: Room) -> ListenerServices:
    house = House(BRANCH, "Branch", ORGANISATION)
    return replace(room.services, gate=Gate(room.app.client, house))


async def test_the_first_connected_workspace_serves(room: Room, branch: ListenerServices) -> None:
    """Home, a branch, or a workspace of the branch's organisation, which its gate then judges."""
    houses = Houses(room.services, Connected(branch))
    bodies: list[dict[str, Any]] = [
        {"team": {"id": HOME}},
        {"team": {"id": BRANCH}},
        {"message": {"team": BRANCH}, "team": {"id": STRANGERS}},
        {"message": {"team": HOME}, "team": {"id": BRANCH}},
        {"team": {"id": COLLEAGUES}, "enterprise": {"id": ORGANISATION}},
        {"team": None, "enterprise": {"id": ORGANISATION}, "user": {"id": "W1"}},
    ]

    found = [(await houses.serving(body)).services.gate.house.workspace_id for body in bodies]

    assert found == [HOME, BRANCH, BRANCH, HOME, BRANCH, BRANCH]


async def test_a_workspace_that_is_not_connected_is_not_served(
    room: Room, branch: ListenerServices
) -> None:
    """Not by home either; where there is only home, its own gate tells whose it is."""
    with pytest.raises(ForbiddenError, match="not connected to Opsbell"):
        await Houses(room.services, Connected(branch)).serving({"team": {"id": STRANGERS}})

    alone = await Houses(room.services, Connected(None)).serving({"team": {"id": STRANGERS}})
    assert alone.services is room.services


async def test_app_homes_are_kept_for_each_workspace(room: Room, branch: ListenerServices) -> None:
    """The same while the workspace's services are, which is as long as its token."""
    connected = Connected(branch)
    houses = Houses(room.services, connected)
    first, again = [await houses.serving({"team": {"id": BRANCH}}) for _ in range(2)]
    connected.branch = replace(branch)

    renewed = await houses.serving({"team": {"id": BRANCH}})

    assert first.homes is again.homes
    assert renewed.homes is not first.homes
    assert first.homes is not houses.home.homes

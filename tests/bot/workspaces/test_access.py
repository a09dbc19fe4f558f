"""Who may do what: people, groups, admins, everybody."""

import pytest

from bot.config_file import ConfigFile
from bot.config_sections.workspaces import AccessSettings, WorkspaceSettings
from bot.errors import ForbiddenError
from bot.workspaces.access import Rights, config_in

ADA, BEN, CLEO, GROUP = "U0ADA00001", "U0BEN00002", "U0CLEO0003", "S0OPERATOR"


async def test_with_nobody_named_everybody_may(directory):
    """No settings, no fences."""
    await Rights(AccessSettings(), directory).require_operator(CLEO)


async def test_an_operator_may_and_an_outsider_may_not(directory):
    """The refusal says who may."""
    rights = Rights(AccessSettings(operators=[ADA]), directory)
    await rights.require_operator(ADA)
    with pytest.raises(ForbiddenError, match=f"Only <@{ADA}> can do that"):
        await rights.require_operator(CLEO)


async def test_members_of_a_group_may(directory):
    """Ada and Ben are in the group; Cleo is told its name."""
    rights = Rights(AccessSettings(operators=[GROUP]), directory)
    await rights.require_operator(BEN)
    with pytest.raises(ForbiddenError, match=f"<!subteam\\^{GROUP}>"):
        await rights.require_operator(CLEO)


async def test_roles_of_a_kind_stand_in_for_the_operators(directory):
    """Where a kind names its own people, operators may not, and admins may."""
    rights = Rights(AccessSettings(operators=[ADA], admins=[CLEO]), directory)
    await rights.require_operator(BEN, [BEN])
    await rights.require_operator(CLEO, [BEN])
    with pytest.raises(ForbiddenError):
        await rights.require_operator(ADA, [BEN])


async def test_an_error_of_slack_gives_no_rights(directory, playground):
    """Whoever cannot be looked up is refused."""
    playground.fail("usergroups.users.list", "refuse", count=5)
    with pytest.raises(ForbiddenError):
        await Rights(AccessSettings(operators=[GROUP]), directory).require_operator(ADA)


async def test_with_viewers_named_all_others_are_refused(directory):
    """Whoever may act may look: viewers, operators, admins, and people of a kind of task."""
    access = AccessSettings(viewers=[GROUP], operators=["U0OPERATOR"], admins=["U0ADMIN001"])
    rights = Rights(access, directory, ["U0RETRIES1"])
    for allowed in (BEN, "U0OPERATOR", "U0ADMIN001", "U0RETRIES1"):
        await rights.require_viewer(allowed)
    with pytest.raises(ForbiddenError, match=f"Only <!subteam\\^{GROUP}> can use me here"):
        await rights.require_viewer(CLEO)


async def test_without_viewers_everybody_may_look(directory):
    """Operators being named closes no door for reading."""
    await Rights(AccessSettings(operators=[ADA]), directory).require_viewer(CLEO)


def test_a_workspace_has_people_of_its_own():
    """A list that is given stands in for the usual one; other tenants have no usual ones."""
    own = WorkspaceSettings(operators=[CLEO], viewers=[])
    config = ConfigFile(
        access=AccessSettings(viewers=[ADA], operators=[ADA], admins=[ADA]),
        workspaces={"T0BRANCH01": own},
    )

    def people(workspace_id, tenant):
        access = config_in(config, workspace_id, tenant).access
        return access.viewers, access.operators, access.admins

    assert people("T0HOME0001", "default") == ([ADA], [ADA], [ADA])
    assert people("T0BRANCH01", "default") == ([], [CLEO], [ADA])
    assert people("T0BRANCH01", "cleo") == ([], [CLEO], [])
    assert people("T0OTHER001", "cleo") == ([], [], [])

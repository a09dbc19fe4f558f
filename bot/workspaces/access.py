"""Permissions of people, checked at the click."""

from collections.abc import Sequence

from bot.config_file import ConfigFile
from bot.config_sections.workspaces import AccessSettings
from bot.errors import ForbiddenError
from bot.ids import is_slack_user_id
from bot.workspaces.directory import Directory


def retry_roles(config: ConfigFile) -> list[str]:
    """Return the people and groups that any kind of task names."""
    return sorted({one for kind in config.tasks.values() for one in kind.retry_roles})


def config_in(config: ConfigFile, workspace_id: str, tenant: str) -> ConfigFile:
    """
    Return what opsbell.toml says to a tenant in one of its workspaces.

    Whom `[workspaces.<team id>]` names stands in for whom `[access]` names.
    """
    said, own = config.of_tenant(tenant), config.workspaces.get(workspace_id)
    return said if own is None else said.model_copy(update={"access": own.access(said.access)})


def named_people(config: ConfigFile) -> set[str]:
    """Return the people, not the groups, to whom the configuration gives rights."""
    roles = retry_roles(config)
    access = config.access
    everybody = (*access.viewers, *access.operators, *access.admins, *roles)
    return {one for one in everybody if is_slack_user_id(one)}


class Rights:
    """
    Knows viewers, operators and admins: user ids (`U…`, `W…`) or user-group ids (`S…`).

    Each role includes the one before it; a refusal names who may.
    """

    def __init__(
        self, access: AccessSettings, directory: Directory, kinds: Sequence[str] = ()
    ) -> None:
        """*kinds* are the people and groups that any kind of task names in `retry_roles`."""
        self._access = access
        self._directory = directory
        self._kinds = tuple(kinds)

    async def require_viewer(self, user_id: str) -> None:
        """
        Return if *user_id* may use the bot at all; else raise `ForbiddenError` naming who may.

        Whoever may act may look. If no viewers are named, every member admitted by
        `bot.workspaces.gate` is one.
        """
        access = self._access
        if not access.viewers:
            return
        if await self._is_among(
            user_id, [*access.viewers, *access.operators, *access.admins, *self._kinds]
        ):
            return
        names = " ".join(_mention(one) for one in access.viewers)
        raise ForbiddenError(f"Only {names} can use me here. Ask one of them.")

    async def require_operator(self, user_id: str, roles: Sequence[str] = ()) -> None:
        """
        Return if *user_id* may act on tasks; else raise `ForbiddenError` naming who may.

        *roles* (a task kind's `retry_roles`) replace the operators if given. If nobody is named at
        all, every member admitted by `bot.workspaces.gate` may.
        """
        allowed = list(roles) or self._access.operators
        if not allowed:
            return
        if await self._is_among(user_id, [*allowed, *self._access.admins]):
            return
        names = " ".join(_mention(one) for one in allowed)
        raise ForbiddenError(f"Only {names} can do that. Ask one of them.")

    async def is_admin(self, user_id: str) -> bool:
        """Tell whether a person is an admin, who may also change what is somebody else's."""
        return await self._is_among(user_id, self._access.admins)

    async def _is_among(self, user_id: str, allowed: Sequence[str]) -> bool:
        if user_id in allowed:
            return True
        for one in allowed:
            if one.startswith("S") and user_id in await self._directory.group_members(one):
                return True
        return False


def _mention(one: str) -> str:
    """Return a mention that Slack shows by name; in an ephemeral reply it notifies nobody."""
    return f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>"

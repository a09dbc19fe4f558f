"""`[access]`, and `[workspaces.<team id>]` for what differs in a workspace."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

TeamId = Annotated[str, StringConstraints(pattern=r"^T[A-Z0-9]{2,30}$")]
#: By id: names would have to be looked up with each workspace's own token.
_ChannelId = Annotated[str, StringConstraints(pattern=r"^[CDG][A-Z0-9]{2,30}$")]


class AccessSettings(BaseModel):
    """`[access]`: who may use the bot, act on tasks and on everything; user or user-group ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    viewers: list[str] = []
    operators: list[str] = []
    admins: list[str] = []


class WorkspaceSettings(BaseModel):
    """
    `[workspaces.<team id>]`: a list of people that is given stands in for that of `[access]`.

    The channels of the workspace of SLACK_BOT_TOKEN are in the environment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: _ChannelId | None = None
    alerts_channel: _ChannelId | None = None
    viewers: list[str] | None = None
    operators: list[str] | None = None
    admins: list[str] | None = None

    def access(self, usual: AccessSettings) -> AccessSettings:
        """Return who may what here, where *usual* holds in the tenant's workspaces."""
        named = {name: getattr(self, name) for name in AccessSettings.model_fields}
        given = {name: people for name, people in named.items() if people is not None}
        return usual.model_copy(update=given)

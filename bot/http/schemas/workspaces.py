"""Request and response models of the workspace endpoints."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr

from bot.http.schemas.base import Sent, Shown
from bot.http.schemas.constraints import Matching, Names
from bot.http.schemas.fields import Name
from bot.workspaces.service import Connection

_TeamId = Annotated[
    str,
    Matching("T[A-Z0-9]{1,30}", "must be the id of a team, like T0123456789"),
    Names("slack-team"),
]


class _BotToken(Matching):
    """A value that looks like a bot token; errors never repeat it."""

    def check(self, value: Any) -> Any:
        super().check(value.get_secret_value())
        return value


BotToken = Annotated[
    SecretStr,
    _BotToken("xoxb-[!-~]{1,500}", "must be a bot token, xoxb-…"),
    Names("slack-bot-token"),
]


class ConnectWorkspace(Sent):
    """A Slack team and its bot token."""

    is_redacted: ClassVar[bool] = False  # The token is wanted; it is encrypted and never shown.

    team_id: _TeamId
    team_name: Name | None = Field(None, description="Slack's own name if none is given")
    bot_token: BotToken = Field(description="`xoxb-…`; kept encrypted, never shown again")


class ShownWorkspace(Shown):
    """A connected workspace, as Slack knows it just now."""

    ok: bool
    team_id: str
    team_name: str
    url: str
    bot_user_id: str
    scopes: list[str]
    missing_scopes: list[str] = Field(description="Without these something works less well")

    @classmethod
    def of(cls, connection: Connection) -> Self:
        """Return a connection that has just been tried."""
        workspace = connection.workspace
        return cls(
            ok=True,
            team_id=workspace.id,
            team_name=workspace.name,
            url=workspace.url,
            bot_user_id=workspace.bot_user_id,
            scopes=sorted(connection.scopes),
            missing_scopes=connection.missing,
        )


class DisconnectedWorkspace(Shown):
    """Its token is forgotten."""

    team_id: str
    status: Literal["disconnected"]

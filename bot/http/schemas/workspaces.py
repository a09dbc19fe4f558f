"""What is sent to and answered by the endpoints of workspaces."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr, WithJsonSchema

from bot.http.schemas.base import Sent, Shown
from bot.http.schemas.fields import Name

TEAM = "^T[A-Z0-9]{1,30}$"
BOT_TOKEN = re.compile(r"xoxb-[!-~]{1,500}")


def team(value: str) -> str:
    if not re.fullmatch(TEAM, value):
        raise ValueError("must be the id of a team, like T0123456789")
    return value


def bot_token(secret: SecretStr) -> SecretStr:
    """Take what looks like a bot token; the answer never repeats what was sent."""
    if not BOT_TOKEN.fullmatch(secret.get_secret_value()):
        raise ValueError("must be a bot token, xoxb-…")
    return secret


TeamId = Annotated[str, AfterValidator(team), WithJsonSchema({"type": "string", "pattern": TEAM})]
BotToken = Annotated[SecretStr, AfterValidator(bot_token)]


class ConnectWorkspace(Sent):
    """A Slack team and its bot token."""

    is_redacted: ClassVar[bool] = False  # The token is wanted; it is encrypted and never shown.

    team_id: TeamId
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


class DisconnectedWorkspace(Shown):
    """Its token is forgotten."""

    team_id: str
    status: Literal["disconnected"]

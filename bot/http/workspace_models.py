"""What is sent to and answered by the endpoints of workspaces."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from bot.http.model import Sent, Shown
from bot.http.values import Name

BOT_TOKEN = re.compile(r"xoxb-[!-~]{1,500}")


def bot_token(secret: SecretStr) -> SecretStr:
    """Take what looks like a bot token; the answer never repeats what was sent."""
    if not BOT_TOKEN.fullmatch(secret.get_secret_value()):
        raise ValueError("must be a bot token, xoxb-…")
    return secret


TeamId = Annotated[str, StringConstraints(pattern=r"^T[A-Z0-9]{1,30}$")]
BotToken = Annotated[SecretStr, AfterValidator(bot_token)]


class ConnectWorkspace(Sent):
    """A Slack team and its bot token."""

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

"""The workspace and its token, as tables."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Workspace(SQLModel, table=True):
    """A Slack team that the bot is in."""

    id: str = Field(primary_key=True)
    tenant: str = Field(index=True)
    name: str
    url: str
    bot_user_id: str
    seen_at: datetime


class WorkspaceToken(SQLModel, table=True):
    """The bot token of a workspace, encrypted; that of SLACK_BOT_TOKEN stays in the environment."""

    __tablename__ = "workspace_token"

    workspace_id: str = Field(primary_key=True)
    sealed: str
    set_by: str
    set_at: datetime

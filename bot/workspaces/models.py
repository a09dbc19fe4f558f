"""The workspace and its token, as tables."""

from datetime import datetime

from sqlmodel import Field, SQLModel

#: The tenant of the workspace that SLACK_BOT_TOKEN belongs to.
DEFAULT_TENANT = "default"


class Workspace(SQLModel, table=True):
    """A Slack team that the bot is or was in; it stays with the tenant that connected it first."""

    id: str = Field(primary_key=True)
    tenant: str = Field(index=True)
    name: str
    url: str
    bot_user_id: str
    seen_at: datetime
    enterprise_id: str | None = Field(default=None, index=True)  # of Enterprise Grid
    scopes: str = ""  # granted to its token when that was last checked, separated by spaces
    gone_because: str | None = None  # why there is no token: a name that health shows


class WorkspaceToken(SQLModel, table=True):
    """That a workspace is connected, and its bot token, encrypted."""

    __tablename__ = "workspace_token"

    workspace_id: str = Field(primary_key=True)
    sealed: str | None  # None: it is SLACK_BOT_TOKEN, which stays in the environment
    set_by: str
    set_at: datetime
    connected_at: datetime

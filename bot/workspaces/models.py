"""The workspace, as a table."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Workspace(SQLModel, table=True):
    """A Slack team that the bot is in."""

    id: str = Field(primary_key=True)
    tenant: str
    name: str
    url: str
    bot_user_id: str
    seen_at: datetime

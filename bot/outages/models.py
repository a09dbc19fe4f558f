"""Since when the bot has been in touch with Slack, as a table."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class OutageWatch(SQLModel, table=True):
    """When any process was last in touch with Slack, and the outage that is still to be told."""

    __tablename__ = "outage_watch"

    workspace_id: str = Field(primary_key=True)
    seen_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None

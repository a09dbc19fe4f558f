"""Subscriptions, what people prefer, and the ends they are told of, as tables."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from bot.sql.partial_index import partial_index
from bot.tasks.models import TaskStatus


class Subscription(SQLModel, table=True):
    """A channel, or a person by user id, is told when tasks of matching kinds end."""

    tenant: str = Field(primary_key=True)
    workspace_id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    pattern: str = Field(primary_key=True)
    prefix: str  # of the pattern, before its first star: by it the database finds candidates
    only_failures: bool = False
    created_by: str
    created_at: datetime


class Preference(SQLModel, table=True):
    """How a person wants to be told in direct messages."""

    tenant: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    quiet_hours: str | None = None  # such as 22:00-07:00
    timezone: str = "UTC"
    is_once_a_day: bool = False


class EndNotice(SQLModel, table=True):
    """An attempt's end that a subscriber is told of: alone at once, or later in a digest."""

    __tablename__ = "end_notice"
    __table_args__ = (
        partial_index("end_notice_due", "due_at", where="due_at IS NOT NULL"),
        Index("end_notice_recent", "tenant", "workspace_id", "channel", "at"),
        partial_index("end_notice_told", "at", where="due_at IS NULL"),
        partial_index("end_notice_digest", "message_id", where="is_in_digest"),
    )

    tenant: str = Field(primary_key=True)
    workspace_id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    task_id: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    pattern: str
    status: TaskStatus = Field(sa_type=String)
    at: datetime
    due_at: datetime | None = None  # while it waits for a digest
    is_in_digest: bool = False
    message_id: str | None = None  # None while it waits

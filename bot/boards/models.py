"""The board of a channel, as a table."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class TaskBoard(SQLModel, table=True):
    """A channel has one board at most; its row is there as long as the board is on."""

    __tablename__ = "task_board"

    tenant: str = Field(primary_key=True)
    workspace_id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    message_id: str
    created_by: str
    created_at: datetime
    pinned_ts: str | None = None  # the message for which pinning was tried, once for each

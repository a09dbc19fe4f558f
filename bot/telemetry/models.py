"""When the bot last looked after itself, as a table."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class SelfCheck(SQLModel, table=True):
    """The last nightly check of a workspace's bot, and the problems that people were told of."""

    __tablename__ = "self_check"

    workspace_id: str = Field(primary_key=True)
    checked_at: datetime
    told: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))

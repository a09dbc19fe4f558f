"""What of this database has been published, as tables."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class BusCursor(SQLModel, table=True):
    """The one process that publishes to a topic, and the last event that its broker has."""

    __tablename__ = "bus_cursor"

    topic: str = Field(primary_key=True)
    last_id: int = Field(sa_type=BigInteger)
    owner: str
    expires_at: datetime
    began_at: datetime  # what was before is not published


class BusNotice(SQLModel, table=True):
    """A change of an alert or a report run that the broker has."""

    __tablename__ = "bus_notice"

    topic: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)

"""How far the events of this database have been published, as a table."""

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

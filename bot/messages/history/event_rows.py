"""Inserts new messages and events, many at a time."""

from sqlmodel import SQLModel

from bot.messages.history.projection import LEASE_FIELDS
from bot.sql.many_rows import Insert, InsertAbsent

#: A new message has no claim. One that exists was requested before.
MESSAGES = InsertAbsent(SQLModel.metadata.tables["message"], LEASE_FIELDS)
EVENTS = Insert(SQLModel.metadata.tables["event"], ("id",))

"""Inserts new messages and events, many at a time."""

from sqlmodel import SQLModel

from bot.messages.history.projection import LEASE_FIELDS
from bot.sql.many_rows import Insert, InsertAbsent

#: A new message is nobody's claim. One that is there was asked for before.
MESSAGES = InsertAbsent(SQLModel.metadata.tables["message"], LEASE_FIELDS)
EVENTS = Insert(SQLModel.metadata.tables["event"], ("id",))

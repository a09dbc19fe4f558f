"""How new messages and events are written, many at a time."""

from sqlmodel import SQLModel

from bot.many_rows import Insert, InsertAbsent
from bot.messages.projection import LEASE

#: A new message is nobody's claim. One that is there was asked for before.
MESSAGES = InsertAbsent(SQLModel.metadata.tables["message"], LEASE)
EVENTS = Insert(SQLModel.metadata.tables["event"], ("id",))

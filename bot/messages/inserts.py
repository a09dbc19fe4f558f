"""How new messages and events are written, many at a time."""

from sqlmodel import SQLModel

from bot.many_rows import Insert
from bot.messages.projection import LEASE

#: A new message is nobody's claim.
MESSAGES = Insert(SQLModel.metadata.tables["message"], LEASE)
EVENTS = Insert(SQLModel.metadata.tables["event"], ("id",))

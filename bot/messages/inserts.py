"""How new messages and events are written, many at a time."""

from sqlalchemy import Table, bindparam, insert
from sqlmodel import SQLModel

from bot.messages.projection import LEASE
from bot.statements import Statement


def of(table: Table, left_out: frozenset[str]) -> Statement:
    names = [column.name for column in table.c if column.name not in left_out]
    return Statement(insert(table).inline().values({name: bindparam(name) for name in names}))


#: A new message is nobody's claim.
INSERT_MESSAGE = of(SQLModel.metadata.tables["message"], LEASE)
INSERT_EVENT = of(SQLModel.metadata.tables["event"], frozenset({"id"}))

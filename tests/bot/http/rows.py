"""What stands in the database."""

from typing import Any

from sqlmodel import select

from bot.db import Database


def rows(database: Database, table: type[Any]) -> list[Any]:
    return database.transact(lambda session: list(session.exec(select(table)).all()))

"""A source with the table of another system's jobs, which can be away."""

from bot.sources.base import QueryError
from bot.sources.result import ColumnKind, ResultColumn, ResultTable
from tests.bot.tasks.room import HandClock


class FailingShop:
    """A source with one failed job; it is away while a test says so."""

    name, dialect = "shop", "sqlite"

    def __init__(self) -> None:
        self.is_away = False

    async def tables(self):
        return []

    async def check(self, sql):
        return sql

    async def fetch(self, sql):
        if self.is_away:
            raise QueryError("unavailable", "shop cannot be reached.")
        columns = tuple(
            ResultColumn(name, ColumnKind.TEXT) for name in ("id", "status", "updated_at")
        )
        return ResultTable(columns, ((1, "failed", 1),), sql, "shop", HandClock().now())

"""What a source is for the rest of the bot, whatever database stands behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.errors import OpsbellError
from bot.sources.result import ColumnKind, ResultTable


class QueryError(OpsbellError):
    """
    A query did not come to its end; the message says why and what to do, and is safe to show.

    `code` is for programs: `timeout`, `too_many_rows`, `too_large`, `memory`, `unavailable`
    (the database cannot be reached), `refused` (it must not be run), `failed` (what the database
    said).
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class SourceColumn:
    """A column of a table of a source."""

    name: str
    kind: ColumnKind
    has_zone: bool = False  # it holds instants, which are other dates in other zones


@dataclass(frozen=True)
class SourceTable:
    """A table or view that may be read."""

    name: str
    columns: tuple[SourceColumn, ...]


class Source(Protocol):
    """One database, read-only."""

    @property
    def name(self) -> str:
        """Return the name in `[sources.<name>]`, or `opsbell`."""
        ...

    @property
    def dialect(self) -> str:
        """Return sqlglot's name of its dialect."""
        ...

    async def tables(self) -> Sequence[SourceTable]:
        """Return what may be read; raise `QueryError` if the database does not answer."""
        ...

    async def check(self, sql: str) -> str:
        """
        Return the one SELECT in this source's dialect, ready to be run.

        Raises `InvalidError` with the field `query` if it does not parse, writes, reaches for
        files or the network, or names an unknown or forbidden table or column.
        """
        ...

    async def fetch(self, sql: str) -> ResultTable:
        """Run what `check` returned and return all rows; raise `QueryError`."""
        ...

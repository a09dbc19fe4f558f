"""SQLite: a read-only connection that may select, and nothing else."""

import re
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import make_url

from bot.sources.base import QueryError, SourceColumn, SourceTable
from bot.sources.readers.base import (
    FETCHED_ROWS,
    MAX_RESULT_BYTES,
    RawColumn,
    RawResult,
    RowCollector,
    SourceSpec,
    bytes_as_text,
    cannot_reach,
    refused_by_database,
    took_too_long,
)
from bot.sources.result import Cell, ColumnKind

_BUSY_SECONDS = 5.0
_STEPS_BETWEEN_LOOKS = 20_000
_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_REFUSED_FUNCTIONS = frozenset(
    {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}
)
_TABLE_FUNCTIONS = frozenset(
    {"json_each", "json_tree", "jsonb_each", "jsonb_tree", "generate_series"}
)
_DECLARED = (
    (re.compile(r"BOOL", re.I), ColumnKind.BOOLEAN),
    (re.compile(r"DATETIME|TIMESTAMP", re.I), ColumnKind.TIMESTAMP),
    (re.compile(r"DATE", re.I), ColumnKind.DATE),
    (re.compile(r"INT|REAL|FLOA|DOUB|NUM|DEC|MONEY", re.I), ColumnKind.NUMBER),
)


class SqliteReader:
    """Reads one SQLite file."""

    schemas = frozenset({"main"})

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        path = Path(make_url(spec.url).database or "").resolve()
        try:
            if not path.is_file():
                raise cannot_reach(spec.name, "there is no such file")
            self._connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode=ro",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
            )
            self._connection.execute("PRAGMA query_only = ON")
            self._connection.execute("PRAGMA temp_store = MEMORY")
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("SELECT count(*) FROM sqlite_master")
        except (OSError, sqlite3.Error) as error:
            raise cannot_reach(spec.name, error) from error
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_RESULT_BYTES)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.text_factory = lambda raw: raw.decode(errors="replace")
        self._until = time.monotonic() + spec.timeout_seconds
        self._connection.set_progress_handler(self._is_over, _STEPS_BETWEEN_LOOKS)
        self._readable: frozenset[str] | None = None

    def tables(self) -> Sequence[SourceTable]:
        try:
            names = self._connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
                " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            ).fetchall()
            return [SourceTable(name, self._columns(name)) for (name,) in names]
        except sqlite3.Error as error:
            raise cannot_reach(self._spec.name, error) from error

    def allow_only(self, tables: Sequence[str]) -> None:
        """Let the queries to come read these tables and what views read, and nothing else."""
        self._readable = _TABLE_FUNCTIONS | {name.lower() for name in tables}
        self._connection.set_authorizer(self._authorize)

    def prepare(self, sql: str) -> None:
        try:
            self._connection.execute(f"EXPLAIN {sql}").fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._explained(error) from error

    def read(self, sql: str) -> RawResult:
        collector = RowCollector(self._spec)
        try:
            cursor = self._connection.execute(sql)
            names = [one[0] for one in cursor.description]
            while rows := cursor.fetchmany(FETCHED_ROWS):
                collector.add(rows)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._explained(error) from error
        rows = [tuple(_exact_value(cell) for cell in row) for row in collector.rows]
        return RawResult([RawColumn(name, None) for name in names], rows)

    def close(self) -> None:
        self._connection.close()

    def _columns(self, table: str) -> tuple[SourceColumn, ...]:
        found = self._connection.execute(
            "SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden IN (0, 2, 3)", (table,)
        )
        return tuple(SourceColumn(name, _declared_kind(kind)) for name, kind in found)

    def _is_over(self) -> int:
        return int(time.monotonic() > self._until)

    def _authorize(
        self, action: int, first: str | None, second: str | None, _db: str | None, by: str | None
    ) -> int:
        """Allow reading the tables named, and functions: https://sqlite.org/c3ref/set_authorizer.html."""
        if action == sqlite3.SQLITE_FUNCTION:
            is_fine = (second or "").lower() not in _REFUSED_FUNCTIONS
        elif action == sqlite3.SQLITE_READ and self._readable is not None:
            # What a view reads is read by the view; a whole row has no column's name.
            is_fine = by is not None or not second or (first or "").lower() in self._readable
        else:
            is_fine = action in _READING
        return sqlite3.SQLITE_OK if is_fine else sqlite3.SQLITE_DENY

    def _explained(self, error: Exception) -> QueryError:
        if time.monotonic() > self._until and "interrupt" in str(error):
            return took_too_long(self._spec.timeout_seconds)
        if "too big" in str(error):
            return QueryError("too_large", "A value of the query is too large: select less of it.")
        if "locked" in str(error) or "busy" in str(error):
            return cannot_reach(self._spec.name, error)
        return refused_by_database(error)


def _declared_kind(declared: str) -> ColumnKind:
    return next((kind for one, kind in _DECLARED if one.search(declared)), ColumnKind.TEXT)


def _exact_value(cell: object) -> Cell:
    if isinstance(cell, bytes):
        return bytes_as_text(cell)
    assert cell is None or isinstance(cell, int | float | str)  # noqa: S101 - SQLite has no others
    return cell

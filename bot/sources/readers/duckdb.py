"""DuckDB: a file opened read-only, without files or network besides it, in bounded memory."""

import threading
import time
from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as wall_time
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy.engine import make_url

from bot.sources.base import QueryError, SourceColumn, SourceTable
from bot.sources.cells import parse_or_keep
from bot.sources.readers.base import (
    FETCHED_ROWS,
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

_SETTINGS = (
    "SET temp_directory = ''",
    "SET memory_limit = '512MB'",
    "SET threads = 2",
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
_DUCKDB_TABLES = """
SELECT CASE WHEN table_schema = current_schema() THEN table_name
            ELSE table_schema || '.' || table_name END, column_name, data_type
FROM information_schema.columns
WHERE table_catalog = current_database()
  AND table_schema NOT IN ('information_schema', 'pg_catalog')
ORDER BY 1, ordinal_position
"""
_SIGNED = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_INTEGERS = _SIGNED | {f"U{name}" for name in _SIGNED}
#: Fetched as they are; all else as DuckDB writes it, for Python's types hold less.
_NATIVE = _INTEGERS | {"DOUBLE", "BOOLEAN", "VARCHAR", "BLOB"}


class DuckdbReader:
    """Reads one DuckDB file."""

    schemas = frozenset({"main"})

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._is_over = False
        self._until = time.monotonic() + spec.timeout_seconds
        path = Path(make_url(spec.url).database or "").resolve()
        if not path.is_file():
            raise cannot_reach(spec.name, "there is no such file")
        try:
            self._connection = duckdb.connect(str(path), read_only=True)
            for setting in _SETTINGS:
                self._connection.execute(setting)
        except duckdb.Error as error:
            raise cannot_reach(spec.name, _why_closed(error, path)) from error
        self._timer = threading.Timer(spec.timeout_seconds, self._interrupt)
        self._timer.daemon = True
        self._timer.start()

    def tables(self) -> Sequence[SourceTable]:
        columns: dict[str, list[SourceColumn]] = {}
        try:
            found = self._connection.execute(_DUCKDB_TABLES).fetchall()
        except duckdb.Error as error:
            raise cannot_reach(self._spec.name, error) from error
        for table, name, kind in found:
            has_zone = kind == "TIMESTAMP WITH TIME ZONE"
            column = SourceColumn(name, _kind_declared(kind), has_zone=has_zone)
            columns.setdefault(table, []).append(column)
        return [SourceTable(name, tuple(found)) for name, found in columns.items()]

    def prepare(self, sql: str) -> None:
        try:
            self._connection.execute(f"EXPLAIN {sql}")
        except (duckdb.Error, RuntimeError) as error:
            raise self._explained(error) from error

    def read(self, sql: str) -> RawResult:
        collector = RowCollector(self._spec)
        try:
            described = self._connection.execute(f"DESCRIBE {sql}").fetchall()
            names, kinds = [one[0] for one in described], [str(one[1]) for one in described]
            self._connection.execute(_as_exact_query(sql, kinds))
            while rows := self._connection.fetchmany(FETCHED_ROWS):
                collector.add(rows)
        except (duckdb.Error, RuntimeError) as error:
            raise self._explained(error) from error
        columns = [
            RawColumn(name, _kind_declared(kind)) for name, kind in zip(names, kinds, strict=True)
        ]
        exact = [
            tuple(_read_cell(cell, kind) for cell, kind in zip(row, kinds, strict=True))
            for row in collector.rows
        ]
        return RawResult(columns, exact)

    def close(self) -> None:
        self._timer.cancel()
        self._connection.close()

    def _interrupt(self) -> None:
        self._is_over = True
        self._connection.interrupt()

    def _explained(self, error: Exception) -> QueryError:
        if self._is_over:
            return took_too_long(self._spec.timeout_seconds)
        if isinstance(error, duckdb.OutOfMemoryException):
            return QueryError("memory", "The query takes too much memory: ask for less.")
        return refused_by_database(str(error).partition("\n\nLINE")[0])


def _why_closed(error: duckdb.Error, path: Path) -> str:
    """Return why a file cannot be opened, without the processes and paths of this machine."""
    if "Could not set lock" in str(error):
        return "another program has the file open for writing; close it there, or name a copy"
    return str(error).replace(str(path), path.name)


def _as_exact_query(sql: str, kinds: Sequence[str]) -> str:
    """Return the query with every value of a kind that Python has no exact type for as text."""
    names = [f"c{index}" for index in range(len(kinds))]
    wanted = [
        name if kind in _NATIVE or kind.startswith("DECIMAL") else f"CAST({name} AS VARCHAR)"
        for name, kind in zip(names, kinds, strict=True)
    ]
    return f"SELECT {', '.join(wanted)} FROM ({sql}) AS result({', '.join(names)})"  # noqa: S608


def _kind_declared(declared: str) -> ColumnKind:
    if declared in _INTEGERS | {"DOUBLE", "FLOAT"} or declared.startswith("DECIMAL"):
        return ColumnKind.NUMBER
    if declared.startswith("TIMESTAMP"):
        return ColumnKind.TIMESTAMP
    return {"DATE": ColumnKind.DATE, "BOOLEAN": ColumnKind.BOOLEAN}.get(declared, ColumnKind.TEXT)


def _read_cell(cell: Any, kind: str) -> Cell:
    """Return what DuckDB wrote as the type it is."""
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes_as_text(cell)
    if not isinstance(cell, str) or kind == "VARCHAR":
        result: Cell = cell
        return result
    if kind == "FLOAT":
        return float(cell)
    if kind == "DATE":
        return parse_or_keep(cell, date)
    if kind.startswith("TIMESTAMP"):
        return parse_or_keep(cell, datetime)
    return parse_or_keep(cell, wall_time) if kind == "TIME" else cell

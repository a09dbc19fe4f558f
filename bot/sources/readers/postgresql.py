"""PostgreSQL: a read-only transaction with a statement timeout, read through a cursor."""

import time
from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as wall_time
from typing import Any

import psycopg
from psycopg import postgres
from psycopg.abc import Buffer
from psycopg.adapt import Loader

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
from bot.sources.result import ColumnKind

_CONNECT_SECONDS = 10
#: Read through one query: rows, views, and what is partitioned or foreign.
_POSTGRESQL_TABLES = """
SELECT CASE WHEN n.nspname = ANY (current_schemas(false)) THEN c.relname
            ELSE n.nspname || '.' || c.relname END,
       a.attname, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END::int
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND has_schema_privilege(n.oid, 'USAGE')
  AND has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY 1, a.attnum
"""


class _Exact(Loader):
    """Loads what Python has no exact type for as PostgreSQL writes it."""

    def load(self, data: Buffer) -> Any:
        return bytes(data).decode(errors="replace")


class _Date(Loader):
    def load(self, data: Buffer) -> Any:
        return parse_or_keep(bytes(data).decode(), date)


class _Timestamp(Loader):
    def load(self, data: Buffer) -> Any:
        return parse_or_keep(bytes(data).decode(), datetime)


class _WallTime(Loader):
    def load(self, data: Buffer) -> Any:
        return parse_or_keep(bytes(data).decode(), wall_time)


class _Bytes(Loader):
    def load(self, data: Buffer) -> Any:
        return bytes_as_text(bytes.fromhex(bytes(data).decode().removeprefix("\\x")))


_OWN_LOADERS: dict[str, type[Loader]] = {
    "date": _Date,
    "timestamp": _Timestamp,
    "timestamptz": _Timestamp,
    "time": _WallTime,
    "bytea": _Bytes,
}
_NUMBER_TYPES = ("int2", "int4", "int8", "oid", "numeric", "float4", "float8")
_KINDS_BY_OID = {
    **{postgres.types[name].oid: ColumnKind.NUMBER for name in _NUMBER_TYPES},
    postgres.types["bool"].oid: ColumnKind.BOOLEAN,
    postgres.types["date"].oid: ColumnKind.DATE,
    postgres.types["timestamp"].oid: ColumnKind.TIMESTAMP,
    postgres.types["timestamptz"].oid: ColumnKind.TIMESTAMP,
}

_INSTANT = postgres.types["timestamptz"].oid


class PostgresqlReader:
    """Reads one PostgreSQL database."""

    schemas: frozenset[str]

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._until = time.monotonic() + spec.timeout_seconds
        milliseconds = max(1, int(spec.timeout_seconds * 1000))
        options = (
            "-c default_transaction_read_only=on -c timezone=UTC -c datestyle=ISO,YMD"
            " -c intervalstyle=iso_8601 -c bytea_output=hex -c extra_float_digits=1"
            f" -c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
            f" -c idle_in_transaction_session_timeout={milliseconds + 10_000}"
        )
        try:
            self._connection = psycopg.connect(
                spec.url.replace("postgres://", "postgresql://", 1),
                connect_timeout=_CONNECT_SECONDS,
                options=options,
                prepare_threshold=None,
            )
            self._connection.read_only = True
            found = self._connection.execute("SELECT current_schemas(false)").fetchone()
        except psycopg.Error as error:
            raise cannot_reach(spec.name, _without_address(error)) from error
        self.schemas = frozenset(found[0]) if found else frozenset()
        for kind in postgres.types:
            for oid in (kind.oid, kind.array_oid):
                if oid and oid not in _KINDS_BY_OID:
                    self._connection.adapters.register_loader(oid, _Exact)
        for name, loader in _OWN_LOADERS.items():
            self._connection.adapters.register_loader(name, loader)

    def tables(self) -> Sequence[SourceTable]:
        columns: dict[str, list[SourceColumn]] = {}
        try:
            for table, name, oid in self._connection.execute(_POSTGRESQL_TABLES):
                kind = _KINDS_BY_OID.get(oid, ColumnKind.TEXT)
                column = SourceColumn(name, kind, has_zone=oid == _INSTANT)
                columns.setdefault(table, []).append(column)
        except psycopg.Error as error:
            raise cannot_reach(self._spec.name, _without_address(error)) from error
        return [SourceTable(name, tuple(found)) for name, found in columns.items()]

    def prepare(self, sql: str) -> None:
        try:
            self._connection.execute(f"EXPLAIN {sql}".encode())
        except psycopg.Error as error:
            raise self._explained(error) from error
        finally:
            self._rollback()

    def read(self, sql: str) -> RawResult:
        collector = RowCollector(self._spec)
        try:
            # DECLARE takes nothing but a SELECT or VALUES.
            with self._connection.cursor(name="report") as cursor:
                cursor.execute(sql.encode())
                description = cursor.description or []
                columns = [
                    RawColumn(one.name, _KINDS_BY_OID.get(one.type_code, ColumnKind.TEXT))
                    for one in description
                ]
                while rows := cursor.fetchmany(FETCHED_ROWS):
                    collector.add(rows)
                    if time.monotonic() > self._until:
                        raise took_too_long(self._spec.timeout_seconds)
        except psycopg.Error as error:
            raise self._explained(error) from error
        return RawResult(columns, collector.rows)

    def close(self) -> None:
        self._connection.close()

    def _rollback(self) -> None:
        if not self._connection.closed:
            self._connection.rollback()

    def _explained(self, error: psycopg.Error) -> QueryError:
        if isinstance(error, psycopg.errors.QueryCanceled):
            return took_too_long(self._spec.timeout_seconds)
        if error.sqlstate is None and self._connection.closed:
            return cannot_reach(self._spec.name, "the connection was lost")
        if isinstance(error, psycopg.errors.OutOfMemory) or "out of memory" in str(error):
            return QueryError("memory", "The query takes too much memory: ask for less.")
        hint = error.diag.message_hint
        return refused_by_database(
            f"{error.diag.message_primary or error}{f' ({hint})' if hint else ''}"
        )


def _without_address(error: psycopg.Error) -> str:
    """Return the reason without the address, in which there may be a password."""
    return str(error).strip().rpartition("failed: ")[2].partition("\n")[0]

"""BigQuery through SQLAlchemy, where its package is installed; the account's rights bind it."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from time import monotonic
from typing import Any

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from bot.sources.base import SourceColumn, SourceTable
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

_EXACT = (int, Decimal, float, date, time, str)
_BIGQUERY_KINDS = {
    **dict.fromkeys(("INTEGER", "FLOAT", "NUMERIC", "DECIMAL", "BIGINT"), ColumnKind.NUMBER),
    "BOOLEAN": ColumnKind.BOOLEAN,
    "DATE": ColumnKind.DATE,
    "DATETIME": ColumnKind.TIMESTAMP,
    "TIMESTAMP": ColumnKind.TIMESTAMP,
}


class BigqueryReader:
    """Reads one dataset."""

    schemas: frozenset[str] = frozenset()

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._until = monotonic() + spec.timeout_seconds
        try:
            self._engine = create_engine(spec.url)
            self._connection = self._engine.connect()
        except (NoSuchModuleError, ImportError) as error:
            fix = "install its package: `pip install sqlalchemy-bigquery`"
            raise cannot_reach(spec.name, fix) from error
        except SQLAlchemyError as error:
            raise cannot_reach(spec.name, error) from error

    def tables(self) -> Sequence[SourceTable]:
        try:
            found = inspect(self._connection)
            return [
                SourceTable(name, tuple(_found_column(one) for one in found.get_columns(name)))
                for name in [*found.get_table_names(), *found.get_view_names()]
            ]
        except SQLAlchemyError as error:
            raise cannot_reach(self._spec.name, error) from error

    def prepare(self, sql: str) -> None:
        """Run nothing: BigQuery bills a query that is tried."""

    def read(self, sql: str) -> RawResult:
        collector = RowCollector(self._spec)
        try:
            found = self._connection.execution_options(stream_results=True).execute(
                text(_without_parameters(sql))
            )
            names = list(found.keys())
            while rows := found.fetchmany(FETCHED_ROWS):
                collector.add([_exact_cell(cell) for cell in row] for row in rows)
                if monotonic() > self._until:
                    raise took_too_long(self._spec.timeout_seconds)
        except SQLAlchemyError as error:
            raise refused_by_database(getattr(error, "orig", None) or error) from error
        return RawResult([RawColumn(name, None) for name in names], collector.rows)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


def _without_parameters(sql: str) -> str:
    """Return the query so that SQLAlchemy finds no parameters in it."""
    return sql.replace(":", "\\:")


def _found_column(found: Any) -> SourceColumn:
    name = str(found["type"]).partition("(")[0]
    kind = _BIGQUERY_KINDS.get(name, ColumnKind.TEXT)
    return SourceColumn(found["name"], kind, has_zone=name == "TIMESTAMP")


def _exact_cell(cell: Any) -> Cell:
    if isinstance(cell, bytes):
        return bytes_as_text(cell)
    kept: Cell = cell if cell is None or isinstance(cell, _EXACT) else str(cell)
    return kept

"""What every reader does, and the limits of a query."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self

from bot.sources.base import QueryError, SourceTable
from bot.sources.result import Cell, ColumnKind

#: What a result may take as JSON: more is no report, and would fill the bot's memory.
MAX_RESULT_BYTES = 20 * 1024 * 1024
FETCHED_ROWS = 1_000
_CELL_BYTES = 8


@dataclass(frozen=True)
class SourceSpec:
    """A source as a worker is told of it."""

    name: str
    dialect: str
    url: str
    row_limit: int
    timeout_seconds: float
    tables: list[str] | None = None  # the allow-list
    views: dict[str, str] | None = None  # tables of ours, each as the SELECT that it stands for

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, job: dict[str, Any]) -> Self:
        """Return the source that `as_json` was called on."""
        return cls(**job)


@dataclass(frozen=True)
class RawColumn:
    """A column as a database returned it."""

    name: str
    kind: ColumnKind | None  # None: the database does not say


@dataclass(frozen=True)
class RawResult:
    """All rows, as Python has them."""

    columns: Sequence[RawColumn]
    rows: Sequence[tuple[Cell, ...]]


class Reader(Protocol):
    """An open connection to one database, which can only read. Every method raises `QueryError`."""

    @property
    def schemas(self) -> frozenset[str]:
        """Return the schemas whose tables are listed without a schema's name."""
        ...

    def tables(self) -> Sequence[SourceTable]:
        """Return all tables and views that the connection may read."""
        ...

    def prepare(self, sql: str) -> None:
        """Let the database read a query without running it; `failed` says what it does not take."""
        ...

    def read(self, sql: str) -> RawResult:
        """Return all rows of a query."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class RowCollector:
    """Collects rows up to the limits of a source."""

    def __init__(self, spec: SourceSpec) -> None:
        self.rows: list[tuple[Cell, ...]] = []
        self._row_limit = spec.row_limit
        self._left = MAX_RESULT_BYTES

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take some rows; raise `QueryError` beyond a limit, for part of a result is wrong."""
        for row in rows:
            if len(self.rows) >= self._row_limit:
                raise QueryError(
                    "too_many_rows",
                    f"The query returns more than {self._row_limit:,} rows, the source's row_limit:"
                    " group them, keep fewer with WHERE or LIMIT, or raise the limit.",
                )
            self._left -= sum(_bytes_of(cell) for cell in row)
            if self._left < 0:
                raise too_large()
            self.rows.append(tuple(row))


def too_large() -> QueryError:
    """Return the error of a result that takes too many bytes."""
    return QueryError(
        "too_large",
        f"The rows of the query take more than {MAX_RESULT_BYTES // 1024**2} MB:"
        " select fewer columns or rows.",
    )


def took_too_long(seconds: float) -> QueryError:
    """Return the error of a query that was stopped at its source's timeout."""
    return QueryError(
        "timeout",
        f"The query took longer than {seconds:g} s, the source's timeout_seconds, and was stopped:"
        " ask for less, or raise the limit.",
    )


def refused_by_database(reason: object) -> QueryError:
    """Return the error of a query that the database did not take, in the database's words."""
    words = " ".join(str(reason).split())
    return QueryError("failed", f"The database refused the query: {words[:500]}")


def cannot_reach(name: str, reason: object) -> QueryError:
    """Return the error of a database that does not answer."""
    words = " ".join(str(reason).split())
    return QueryError("unavailable", f"The source `{name}` cannot be reached: {words[:300]}")


def bytes_as_text(data: bytes | bytearray | memoryview) -> str:
    """Return bytes as what people take for bytes."""
    raw = bytes(data)
    return f"0x{raw.hex()} ({len(raw)} byte{'s' if len(raw) != 1 else ''})"


def json_bytes(encoded: object) -> int:
    """Return how long something is as JSON."""
    return len(json.dumps(encoded))


def _bytes_of(cell: object) -> int:
    return len(cell) if isinstance(cell, str | bytes) else _CELL_BYTES

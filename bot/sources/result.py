"""The result of a query: exact values, their kinds, and a digest that names them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

#: What a cell may hold. Floats are finite; NaN and Infinity arrive as their words, as text.
Cell = int | Decimal | float | bool | date | datetime | time | str | None


class ColumnKind(StrEnum):
    """What the values of a column are, as far as the database says."""

    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TEXT = "text"  #: also UUIDs, JSON, bytes named as bytes, and whatever has no kind
    BOOLEAN = "boolean"


class NotAdded(StrEnum):
    """Why the values of a column do not add up, as far as its query says."""

    AVERAGE = "average"
    RATIO = "ratio"
    DISTINCT = "distinct"  #: counts of different things, of which two rows may hold the same
    EXTREME = "extreme"
    RUNNING = "running"  #: computed over other rows of the result
    SUBTOTAL = "subtotal"  #: some rows hold what others add up to
    AGGREGATE = "aggregate"  #: another one


@dataclass(frozen=True)
class ResultColumn:
    """A column of a result; two columns may have the same name."""

    name: str
    kind: ColumnKind
    unit: str | None = None  # `EUR`, `%`, `s`; from the metric that it shows
    is_additive: bool | None = None  # whether its values may be added; None: nobody knows
    is_low_better: bool = False  # of a metric that says so: its best value is the lowest
    not_added: NotAdded | None = None  # why its values do not add up, if its query says so


@dataclass(frozen=True)
class ResultTable:
    """All rows that a query returned; never a part of them."""

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sql: str  # as it was run
    source: str
    fetched_at: datetime
    seconds: float = 0.0

    @property
    def digest(self) -> str:
        """Return eight hexadecimal digits that are the same for the same columns and rows."""
        names = [(column.name, column.kind.value) for column in self.columns]
        whole = repr((names, [[encode_cell(cell) for cell in row] for row in self.rows]))
        return hashlib.sha256(whole.encode()).hexdigest()[:8]

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads back without a loss."""
        return {
            "columns": [
                {
                    "name": one.name,
                    "kind": one.kind.value,
                    "unit": one.unit,
                    "is_additive": one.is_additive,
                    "not_added": one.not_added and one.not_added.value,
                    "is_low_better": one.is_low_better,
                }
                for one in self.columns
            ],
            "rows": [[encode_cell(cell) for cell in row] for row in self.rows],
            "sql": self.sql,
            "source": self.source,
            "fetched_at": self.fetched_at.isoformat(),
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ResultTable":
        """Return the table that `as_json` was called on."""
        return cls(
            columns=tuple(
                ResultColumn(
                    one["name"],
                    ColumnKind(one["kind"]),
                    one["unit"],
                    one.get("is_additive"),
                    one.get("is_low_better", False),
                    NotAdded(one["not_added"]) if one.get("not_added") else None,
                )
                for one in stored["columns"]
            ),
            rows=tuple(tuple(decode_cell(cell) for cell in row) for row in stored["rows"]),
            sql=stored["sql"],
            source=stored["source"],
            fetched_at=datetime.fromisoformat(stored["fetched_at"]),
            seconds=stored["seconds"],
        )


def encode_cell(cell: Cell) -> Any:
    """Return a cell as JSON; what JSON has no type for is `{"<type>": "<text>"}`."""
    match cell:
        case None | bool() | str():
            return cell
        case int():
            return cell if abs(cell) < 2**53 else {"int": str(cell)}
        case float():
            return {"float": repr(cell)}
        case Decimal():
            return {"decimal": str(cell)}
        case datetime():
            return {"datetime": cell.isoformat()}
        case date():
            return {"date": cell.isoformat()}
        case time():
            return {"time": cell.isoformat()}


def decode_cell(stored: Any) -> Cell:
    """Return the cell that `encode_cell` was given."""
    cell: Cell = stored
    if isinstance(stored, dict):
        ((kind, text),) = stored.items()
        cell = _DECODERS[kind](text)
    return cell


_DECODERS: dict[str, Any] = {
    "int": int,
    "float": float,
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


def numbers_of(table: ResultTable, column: int) -> Sequence[int | Decimal | float]:
    """Return the numbers of a column, without its NULLs."""
    cells = (row[column] for row in table.rows)
    return [
        cell
        for cell in cells
        if isinstance(cell, int | Decimal | float) and not isinstance(cell, bool)
    ]

"""What the rows of a database become: exact cells, and the kind of each column. Pure."""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from bot.sources.readers.base import RawColumn, RawResult
from bot.sources.result import Cell, ColumnKind, ResultColumn

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d([.]\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?")
_FINER = re.compile(r"[.]\d{7}")
_NOT_A_NUMBER = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def exact_columns(
    result: RawResult,
) -> tuple[tuple[ResultColumn, ...], tuple[tuple[Cell, ...], ...]]:
    """
    Return columns with their kinds, and rows of exact cells.

    A column that no database declares has the kind of all its values; texts that are all dates are
    dates. NaN, Infinity and dates that Python has not are words, and make a column text: no total
    of it would be one.
    """
    by_column = [
        _exact_column(column, [row[index] for row in result.rows])
        for index, column in enumerate(result.columns)
    ]
    columns = tuple(column for column, _ in by_column)
    rows = tuple(zip(*(cells for _, cells in by_column), strict=True)) if columns else ()
    return columns, rows


def _exact_column(column: RawColumn, found: Sequence[Cell]) -> tuple[ResultColumn, Sequence[Cell]]:
    cells = [_finite_cell(cell) for cell in found]
    kind = column.kind
    if kind is None:
        kind = _kind_of([cell for cell in cells if cell is not None])
        if kind in (ColumnKind.DATE, ColumnKind.TIMESTAMP):
            parsed = [_parsed(cell, kind) for cell in cells]
            if all(
                (cell is None) == (one is None) for cell, one in zip(cells, parsed, strict=True)
            ):
                cells = parsed
            else:
                kind = ColumnKind.TEXT
    if kind is not ColumnKind.TEXT and any(isinstance(cell, str) for cell in cells):
        kind = ColumnKind.TEXT
        cells = [cell if cell is None or isinstance(cell, str) else str(cell) for cell in cells]
    return ResultColumn(column.name, kind), cells


def _finite_cell(cell: Cell) -> Cell:
    if isinstance(cell, float) and not math.isfinite(cell):
        return _NOT_A_NUMBER[str(cell)]
    if isinstance(cell, Decimal) and not cell.is_finite():
        return "NaN" if cell.is_nan() else "Infinity" if cell > 0 else "-Infinity"
    return cell


def _kind_of(cells: Sequence[Cell]) -> ColumnKind:
    """Return the kind that all values have."""
    kinds = {_kind_of_cell(cell) for cell in cells}
    if kinds == {ColumnKind.DATE, ColumnKind.TIMESTAMP}:
        return ColumnKind.TEXT  # To make one of the other would add a time that nobody wrote.
    return kinds.pop() if len(kinds) == 1 else ColumnKind.TEXT


def _kind_of_cell(cell: Cell) -> ColumnKind:
    match cell:
        case bool():
            return ColumnKind.BOOLEAN
        case int() | float() | Decimal():
            return ColumnKind.NUMBER
        case datetime():
            return ColumnKind.TIMESTAMP
        case date():
            return ColumnKind.DATE
        case str() if _DATE.fullmatch(cell):
            return ColumnKind.DATE
        case str() if _TIMESTAMP.fullmatch(cell):
            return ColumnKind.TIMESTAMP
        case _:
            return ColumnKind.TEXT


def _parsed(cell: Cell, kind: ColumnKind) -> Cell:
    """Return a text as the date or time it is; None for what is none (`2026-02-30`)."""
    if not isinstance(cell, str):
        return cell
    try:
        return date.fromisoformat(cell) if kind is ColumnKind.DATE else datetime.fromisoformat(cell)
    except ValueError:
        return None


def parse_or_keep(text: str, kind: type[date] | type[datetime] | type[time]) -> Cell:
    """Return a date or time of a database as Python's, or as text where Python has none."""
    if _FINER.search(text):  # Python would leave the last digits out.
        return text
    try:
        parsed: Cell = kind.fromisoformat(text)
    except ValueError:
        return text  # `infinity`, years before 1 or after 9999, 24:00, nanoseconds
    return parsed

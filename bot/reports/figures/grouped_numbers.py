"""The numbers of a measure by label and by period."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime

from bot.reports.figures.arithmetic import Number, exact_number, exact_sum
from bot.reports.figures.columns import Measure
from bot.sources.result import Cell, ResultTable


@dataclass(frozen=True)
class Group:
    """What a measure is for one label or period; None where no row has a number."""

    name: Cell
    number: Number | None
    rows: int


def groups_by(table: ResultTable, column: int | None, measure: Measure) -> list[Group]:
    """
    Return the measure for each value of a column, in the order of the rows.

    Rows of one value are added up; where sums say nothing, such a value has no number.
    Rows without a value are left out.
    """
    if column is None:
        return []
    found: dict[Hashable, list[Cell]] = {}
    names: dict[Hashable, Cell] = {}
    for row in table.rows:
        name = row[column]
        if name is None:
            continue
        key = (type(name).__name__, name)
        names[key] = name
        found.setdefault(key, []).append(row[measure.index])
    return [
        Group(names[key], _amount_of(cells, measure), len(cells)) for key, cells in found.items()
    ]


def in_order(periods: list[Group]) -> list[Group]:
    """Return periods, the oldest first."""
    return sorted(periods, key=lambda one: time_key(one.name))


def overall(table: ResultTable, measure: Measure) -> Number | None:
    """Return the sum of a measure, or its only value; None if neither says anything."""
    return _amount_of([row[measure.index] for row in table.rows], measure)


def numbers_in(table: ResultTable, measure: Measure) -> list[Number]:
    """Return the numbers of a measure, exactly."""
    cells = (row[measure.index] for row in table.rows)
    return [number for cell in cells if (number := exact_number(cell)) is not None]


def _amount_of(cells: list[Cell], measure: Measure) -> Number | None:
    numbers = [number for cell in cells if (number := exact_number(cell)) is not None]
    # NaN and Infinity are words: no sum holds them.
    has_words = any(isinstance(cell, str) for cell in cells)
    if not numbers or has_words or (len(cells) > 1 and not measure.is_additive):
        return None
    return exact_sum(numbers)


def time_key(cell: Cell) -> tuple[str, str]:
    """Return what orders times; all of a column are of one type."""
    if isinstance(cell, datetime):
        moment = cell.isoformat(timespec="microseconds")
        return ("", f"{cell.timestamp():020.6f}" if cell.tzinfo else moment)
    return ("", cell.isoformat() if isinstance(cell, date) else str(cell))

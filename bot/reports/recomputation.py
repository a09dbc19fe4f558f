"""What differs between the rows of a run and the rows of now, in words. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.sources.result import Cell, ColumnKind, ResultTable, encode_cell

MAX_DIFFERENCES = 20
_MAX_CELL_CHARACTERS = 60
_Row = tuple[Cell, ...]


def differences(before: ResultTable, after: ResultTable) -> list[str]:
    """Return the first differences, a sentence each; none if the rows are the same ones."""
    if _names(before) != _names(after):
        old, new = _names_in_words(before), _names_in_words(after)
        return [f"The columns were {old} and are {new}."]
    if Counter(map(_frozen, before.rows)) == Counter(map(_frozen, after.rows)):
        return []
    key = _key_columns(before, after)
    found = _by_key(before, after, key) if key else _by_position(before, after)
    cut: list[str] = []
    for number, one in enumerate(found):
        if number == MAX_DIFFERENCES:
            return [*cut, "And more."]
        cut.append(one)
    return cut


def _key_columns(before: ResultTable, after: ResultTable) -> list[int]:
    """Return the fewest leading columns of names and dates that tell all rows apart."""
    key: list[int] = []
    for number, column in enumerate(before.columns):
        if column.kind == ColumnKind.NUMBER:
            continue
        key.append(number)
        if all(_tells_apart(table.rows, key) for table in (before, after)):
            return key
    return []


def _tells_apart(rows: Sequence[_Row], key: Sequence[int]) -> bool:
    return len({_frozen([row[at] for at in key]) for row in rows}) == len(rows)


def _by_key(before: ResultTable, after: ResultTable, key: Sequence[int]) -> Iterator[str]:
    old = {_frozen([row[at] for at in key]): row for row in before.rows}
    new = {_frozen([row[at] for at in key]): row for row in after.rows}
    for name, row in old.items():
        shown = ", ".join(_cell_in_words(row[at]) for at in key)
        if name in new:
            yield from _changes(before, shown, row, new[name])
        else:
            yield f"{shown} is gone."
    for name, row in new.items():
        if name not in old:
            yield f"{', '.join(_cell_in_words(row[at]) for at in key)} is new."


def _by_position(before: ResultTable, after: ResultTable) -> Iterator[str]:
    for number, (old, new) in enumerate(zip(before.rows, after.rows, strict=False), start=1):
        yield from _changes(before, f"Row {number}", old, new)
    if len(before.rows) != len(after.rows):
        yield f"There were {len(before.rows):,} rows and are {len(after.rows):,}."


def _changes(table: ResultTable, shown: str, old: _Row, new: _Row) -> Iterator[str]:
    for column, was, now in zip(table.columns, old, new, strict=True):
        if encode_cell(was) != encode_cell(now):
            yield f"{shown}: {column.name} was {_cell_in_words(was)} and is {_cell_in_words(now)}."


def _names(table: ResultTable) -> list[str]:
    return [column.name for column in table.columns]


def _names_in_words(table: ResultTable) -> str:
    return ", ".join(_names(table)) or "none"


def _frozen(cells: Sequence[Cell]) -> str:
    return repr([encode_cell(cell) for cell in cells])


def _cell_in_words(cell: Cell) -> str:
    text = "nothing" if cell is None else " ".join(str(cell).split())
    if len(text) <= _MAX_CELL_CHARACTERS:
        return text
    return f"{text[:_MAX_CELL_CHARACTERS]}…"

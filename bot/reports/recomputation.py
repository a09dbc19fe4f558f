"""What differs between the rows of a run and the rows of now, in words. Pure."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.reports.display.cells import is_number_column
from bot.sources.result import Cell, ColumnKind, ResultTable, encode_cell

MAX_DIFFERENCES = 20
_MAX_CELL_CHARACTERS = 60
_Row = tuple[Cell, ...]


def differences(before: ResultTable, after: ResultTable) -> list[str]:
    """Return the first differences, a sentence each; none if the rows are the same ones."""
    if _names(before) != _names(after):
        return _columns_in_words(_names(before), _names(after))
    if Counter(map(_frozen, before.rows)) == Counter(map(_frozen, after.rows)):
        return []
    found = itertools.chain(_other_kinds(before, after), _other_rows(before, after))
    cut = list(itertools.islice(found, MAX_DIFFERENCES + 1))
    return [*cut[:MAX_DIFFERENCES], "And more."] if len(cut) > MAX_DIFFERENCES else cut


def _columns_in_words(old: Sequence[str], new: Sequence[str]) -> list[str]:
    gone, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    found = [f"The column {name} is gone." for name in gone.elements()]
    found += [f"The column {name} is new." for name in added.elements()]
    return found or [f"The columns are in another order: {', '.join(new)}."]


def _other_kinds(before: ResultTable, after: ResultTable) -> Iterator[str]:
    """Yield the columns whose values are of another kind; without values nobody knows."""
    if before.rows and after.rows:
        for old, new in zip(before.columns, after.columns, strict=True):
            if old.kind != new.kind:
                words = f"{_KIND_WORDS[old.kind]} and holds {_KIND_WORDS[new.kind]}"
                yield f"The column {old.name} held {words} now."


_KIND_WORDS = {
    ColumnKind.NUMBER: "numbers",
    ColumnKind.DATE: "dates",
    ColumnKind.TIMESTAMP: "times",
    ColumnKind.TEXT: "text",
    ColumnKind.BOOLEAN: "yes or no",
}


def _other_rows(before: ResultTable, after: ResultTable) -> Iterator[str]:
    if len(before.rows) != len(after.rows):
        yield f"There were {len(before.rows):,} rows; there are {len(after.rows):,} now."
    key = _key_columns(before, after)
    yield from _by_key(before, after, key) if key else _by_row(before, after)


def _key_columns(before: ResultTable, after: ResultTable) -> list[int]:
    """Return the fewest leading columns of names and dates that tell all rows apart."""
    key: list[int] = []
    for number, column in enumerate(before.columns):
        if is_number_column(column):
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
        shown = _key_in_words(before, key, row)
        if name in new:
            yield from _changes(before, after, shown, row, new[name])
        else:
            yield f"{shown} is gone."
    for name, row in new.items():
        if name not in old:
            yield f"{_key_in_words(before, key, row)} is new."


def _key_in_words(table: ResultTable, key: Sequence[int], row: _Row) -> str:
    """Return the names of a row; a number that names it with what it is, such as `id 7`."""
    words = []
    for at in key:
        column, text = table.columns[at], _cell_in_words(row[at])
        words.append(f"{column.name} {text}" if column.kind == ColumnKind.NUMBER else text)
    return ", ".join(words)


def _by_row(before: ResultTable, after: ResultTable) -> Iterator[str]:
    """Yield rows that are in one table only; by their place where only their values changed."""
    old, new = _only_in(before, after), _only_in(after, before)
    if len(before.rows) == len(after.rows) and old.keys() == new.keys():
        for place, row in old.items():
            yield from _changes(before, after, f"Row {place}", row, new[place])
        return
    for rows, word in ((old, "gone"), (new, "new")):
        for row in rows.values():
            yield f"A row is {word}: {', '.join(_cell_in_words(cell) for cell in row)}."


def _only_in(table: ResultTable, other: ResultTable) -> dict[int, _Row]:
    """Return the rows that the other table lacks, by their places from 1."""
    left = Counter(map(_frozen, other.rows))
    found = {}
    for place, row in enumerate(table.rows, start=1):
        frozen = _frozen(row)
        if left[frozen] > 0:
            left[frozen] -= 1
        else:
            found[place] = row
    return found


def _changes(
    before: ResultTable, after: ResultTable, shown: str, old: _Row, new: _Row
) -> Iterator[str]:
    columns = zip(before.columns, after.columns, strict=True)
    for (column, column_now), was, now in zip(columns, old, new, strict=True):
        if encode_cell(was) == encode_cell(now):
            continue
        # What kind a column is of was said of all its rows.
        if column.kind == column_now.kind or _cell_in_words(was) != _cell_in_words(now):
            words = f"{_cell_in_words(was)} and is {_cell_in_words(now)} now"
            yield f"{shown}: {column.name} was {words}."


def _names(table: ResultTable) -> list[str]:
    return [column.name for column in table.columns]


def _frozen(cells: Sequence[Cell]) -> str:
    return repr([encode_cell(cell) for cell in cells])


def _cell_in_words(cell: Cell) -> str:
    text = "empty" if cell is None else " ".join(str(cell).split())
    if len(text) <= _MAX_CELL_CHARACTERS:
        return text
    return f"{text[:_MAX_CELL_CHARACTERS]}…"

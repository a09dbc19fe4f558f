"""Collects values under refs of which each is different."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from bot.reports.figures.arithmetic import (
    Number,
    show_number,
)
from bot.reports.figures.cell_text import MISSING_WORDS, show_cell, show_period
from bot.reports.figures.columns import Columns, Measure, is_truth, readable_name
from bot.reports.figures.grouped_numbers import Group, groups_by, in_order
from bot.reports.figures.period_lengths import read_steps
from bot.reports.figures.values import Value, ValueKind
from bot.sources.result import Cell, ResultTable

ALL = frozenset({"all"})
NO_TAGS: frozenset[str] = frozenset()
#: A claim that no word makes: the value can only be told beside the name of its subject.
NAMED = frozenset({"named"})


def label_subject(cell: Cell) -> str:
    """Return the subject that a label stands for."""
    return f"label:{cell!r}"


def time_subject(cell: Cell) -> str:
    """Return the subject that a period stands for."""
    return f"time:{cell!r}"


class ValueBook(Mapping[str, Value]):
    """
    The values of a result by ref: what was computed, and every cell.

    Cells are made when they are asked for: `cell_3_revenue` is row 3, counted from 1.
    """

    def __init__(self, table: ResultTable, columns: Columns, today: date | None = None) -> None:
        self.table = table
        self.columns = columns
        self.steps = read_steps(table, columns.time, today)
        self._truths = frozenset(i for i in range(len(table.columns)) if is_truth(table, i))
        self._has_times = columns.time is not None and any(
            isinstance(cell, datetime) and (cell.hour or cell.minute or cell.second)
            for cell in (row[columns.time] for row in table.rows)
        )
        self._computed: dict[str, Value] = {}
        self._measures = {measure.index: measure for measure in columns.measures}
        self._indices = {slug: index for index, slug in enumerate(columns.slugs)}
        self._counts: dict[tuple[int, ...], Counter[tuple[str, ...]]] = {}
        self._groups: dict[tuple[int | None, int], list[Group]] = {}

    @property
    def computed(self) -> Mapping[str, Value]:
        """The values that are no cells."""
        return self._computed

    def labels(self, measure: Measure) -> list[Group]:
        """Return the measure for each label, in the order of the rows."""
        return self._grouped(self.columns.label, measure)

    def times(self, measure: Measure) -> list[Group]:
        """Return the measure for each period, in the order of the rows."""
        return self._grouped(self.columns.time, measure)

    def periods(self, measure: Measure) -> list[Group]:
        """Return the measure for each period, the oldest first."""
        return in_order(self.times(measure))

    def _grouped(self, column: int | None, measure: Measure) -> list[Group]:
        key = (column, measure.index)
        if key not in self._groups:
            self._groups[key] = groups_by(self.table, column, measure)
        return self._groups[key]

    def add(self, value: Value) -> Value:
        """Keep a value; two of one ref get a number behind."""
        ref, count = value.ref, 2
        while ref in self._computed:
            ref, count = f"{value.ref}_{count}", count + 1
        kept = replace(value, ref=ref)
        self._computed[ref] = kept
        return kept

    def add_number(
        self,
        ref: str,
        number: Number | None,
        measure: Measure,
        origin: str,
        *,
        places: int | None = None,
        subjects: frozenset[str] = NO_TAGS,
        tags: frozenset[str] = NO_TAGS,
        needs: frozenset[str] = NO_TAGS,
        rank: int | None = None,
        description: str = "",
    ) -> Value:
        """Keep a number of a measure; None becomes words."""
        shown = measure.places if places is None else places
        return self.add(
            Value(
                ref,
                ValueKind.WORDS if number is None else ValueKind.NUMBER,
                number,
                MISSING_WORDS if number is None else show_number(number, shown, measure.unit),
                origin,
                description or _described(ref, measure),
                measure.index,
                subjects,
                tags,
                needs,
                rank,
            )
        )

    def add_name(
        self,
        ref: str,
        cell: Cell,
        column: int,
        origin: str,
        *,
        subject: str,
        tags: frozenset[str] = NO_TAGS,
        rank: int | None = None,
        measure: int | None = None,
    ) -> Value:
        """Keep the name of a row or of a period; *measure* is what it was chosen by."""
        kind = ValueKind.DATE if column == self.columns.time else ValueKind.NAME
        return self.add(
            Value(
                ref,
                kind,
                _kept_cell(cell),
                self._shown_name(cell, column),
                origin,
                ref.replace("_", " "),
                measure,
                frozenset({subject}),
                tags,
                NO_TAGS,
                rank,
            )
        )

    def __getitem__(self, ref: str) -> Value:
        if ref in self._computed:
            return self._computed[ref]
        prefix, _, rest = ref.partition("_")
        number, _, slug = rest.partition("_")
        index = self._indices.get(slug)
        if prefix != "cell" or index is None or not number.isdecimal() or len(number) > 9:
            raise KeyError(ref)
        row = int(number)
        if not 1 <= row <= len(self.table.rows) or number != str(row):
            raise KeyError(ref)
        return self._cell(ref, row, index)

    def __iter__(self) -> Iterator[str]:
        yield from self._computed
        for row in range(1, len(self.table.rows) + 1):
            yield from (f"cell_{row}_{slug}" for slug in self.columns.slugs)

    def __len__(self) -> int:
        return len(self._computed) + len(self.table.rows) * len(self.columns.slugs)

    def _cell(self, ref: str, row: int, index: int) -> Value:
        cell = self.table.rows[row - 1][index]
        measure = self._measures.get(index)
        is_only = len(self.table.rows) == 1
        subjects = self._subjects(row, index) | (ALL if is_only and measure else NO_TAGS)
        return Value(
            ref,
            self._kind(cell, index),
            _kept_cell(cell),
            show_cell(cell, measure) if measure else self._shown_name(cell, index),
            f"row {row}, {self.table.columns[index].name}",
            readable_name(self.table.columns[index].name) + ("" if is_only else f" of row {row}"),
            index if measure else None,
            subjects,
            NO_TAGS,
            NAMED if measure and not is_only else NO_TAGS,
            identities=self._identities(row) if measure and not is_only else frozenset(),
        )

    def _shown_name(self, cell: Cell, column: int) -> str:
        """Return the name of a row: `2026-11` of a month, `is new: yes` where it is a truth."""
        if column == self.columns.time:
            return show_period(cell, self.steps.grain, has_times=self._has_times)
        if cell is not None and column in self._truths:
            return f"{readable_name(self.table.columns[column].name)}: {show_cell(bool(cell))}"
        return show_cell(cell)

    def _kind(self, cell: Cell, index: int) -> ValueKind:
        if cell is None:
            return ValueKind.WORDS
        if index in self._measures:
            return ValueKind.WORDS if isinstance(cell, str) else ValueKind.NUMBER
        return (
            ValueKind.DATE
            if isinstance(cell, date) or index == self.columns.time
            else ValueKind.NAME
        )

    def _subjects(self, row: int, index: int) -> frozenset[str]:
        """Return the row, the cell, and what the cell names."""
        found = {f"row:{row}"}
        if index not in self._measures:
            found.add(f"cell:{row}:{index}")
        for column, subject in self._naming():
            cell = self.table.rows[row - 1][column]
            if column == index or self._is_single((column,), row):
                found.add(subject(cell))
        return frozenset(found)

    def _identities(self, row: int) -> frozenset[frozenset[str]]:
        """Return which names tell a row from all others; a set that nothing has if none do."""
        cells = self.table.rows[row - 1]
        found = {
            frozenset({f"cell:{row}:{index}"})
            for index in range(len(cells))
            if index not in self._measures and self._is_single((index,), row)
        }
        naming = self._naming()
        found |= {
            frozenset({subject(cells[column])})
            for column, subject in naming
            if self._is_single((column,), row)
        }
        if len(naming) > 1 and self._is_single(tuple(column for column, _ in naming), row):
            found.add(frozenset(subject(cells[column]) for column, subject in naming))
        return frozenset(found) or frozenset({frozenset({"nobody"})})

    def _naming(self) -> list[tuple[int, Callable[[Cell], str]]]:
        """Return the columns of labels and of times, with what makes subjects of their cells."""
        columns = self.columns
        named = ((columns.label, label_subject), (columns.time, time_subject))
        return [(column, subject) for column, subject in named if column is not None]

    def _is_single(self, columns: tuple[int, ...], row: int) -> bool:
        """Tell whether no other row has the same in these columns."""
        if columns not in self._counts:
            self._counts[columns] = Counter(
                tuple(repr(cells[column]) for column in columns) for cells in self.table.rows
            )
        cells = self.table.rows[row - 1]
        return self._counts[columns][tuple(repr(cells[column]) for column in columns)] == 1


def _described(ref: str, measure: Measure) -> str:
    """Return `total größe` of `total_grosse`: refs are ASCII, names are not."""
    return f"{ref.removesuffix(measure.slug)}".replace("_", " ") + measure.name


def _kept_cell(cell: Cell) -> int | Decimal | float | date | datetime | str | None:
    """Return a cell as a value keeps it: truth and times of day as their words."""
    return show_cell(cell) if isinstance(cell, bool | time) else cell

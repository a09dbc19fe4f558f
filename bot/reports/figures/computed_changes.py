"""What has changed: the last period against the one before, this run against the last one."""

from collections.abc import Sequence
from dataclasses import replace

from bot.reports.figures.arithmetic import Number, change_between
from bot.reports.figures.cell_text import show_cell
from bot.reports.figures.change_values import add_change
from bot.reports.figures.columns import Columns, Measure
from bot.reports.figures.grouped_numbers import Group, groups_by, overall, time_key
from bot.reports.figures.value_book import (
    ALL,
    NAMED,
    ValueBook,
    label_subject,
    time_subject,
)
from bot.reports.figures.values import Value, ValueKind
from bot.sources.result import Cell, ResultTable

#: Fewer periods have no trend.
MIN_FOR_TREND = 4
#: Older periods do not count: pairs are compared.
_TREND_PERIODS = 200
PERIOD, RUN = frozenset({"period"}), frozenset({"run"})
_TREND_WORDS = {"up": "rising", "down": "falling", "same": "steady"}


def add_period_values(book: ValueBook, measure: Measure) -> None:
    """Add the last two periods, the change between them, who moved most, and the trend."""
    time = book.columns.time
    periods = book.periods(measure)
    if time is None or len(periods) < 2 or _is_ranking(book, time):
        return
    before, last = periods[-2:]
    is_cut = not book.steps.is_last_whole
    if measure.is_additive or max(before.rows, last.rows) == 1:  # Else neither has one value.
        _add_last_two(book, measure, before, last, is_cut=is_cut)
        _add_trend(book, measure, periods[not book.steps.is_first_whole : len(periods) - is_cut])
    moved = [] if is_cut else _moves_between(book, measure, before.name, last.name)
    _add_movers(book, measure, moved, PERIOD, "last period minus the one before")


def _is_ranking(book: ValueBook, time: int) -> bool:
    """Tell whether the rows are the first by their values, as the five best days: none follow."""
    partial = [one for one in book.columns.measures if one.is_partial]
    keys = [time_key(row[time]) for row in book.table.rows if row[time] is not None]
    if not partial:
        return False
    if keys != sorted(keys) and keys != sorted(keys, reverse=True):
        return True
    is_gapless = bool(book.steps.grain) and not book.steps.has_gaps
    return not is_gapless and any(one.ends for one in partial)


def _add_last_two(
    book: ValueBook, measure: Measure, before: Group, last: Group, *, is_cut: bool
) -> None:
    for ref, group, needs in (("last", last, "last"), ("before", before, "previous")):
        subject = time_subject(group.name)
        of_period = f"{'sum of ' if group.rows > 1 else ''}{measure.name}"
        book.add_number(
            f"{ref}_{measure.slug}",
            group.number,
            measure,
            f"{of_period} in the {'last period' if ref == 'last' else 'period before it'}",
            subjects=frozenset({subject}),
            tags=PERIOD | {needs},
            needs=frozenset({needs}),
            description=_period_words(book, measure, ref),
        )
    add_change(
        book,
        f"change_{measure.slug}",
        last.number,
        before.number,
        measure,
        origin=f"{measure.name}: last period minus the one before",
        description=f"change of {measure.name}",
        subjects=frozenset({time_subject(last.name)}),
        tags=PERIOD,
        why=f"the {book.steps.last} is incomplete" if is_cut else "",
    )


def _period_words(book: ValueBook, measure: Measure, ref: str) -> str:
    steps = book.steps
    if ref == "before":
        return f"{measure.name}, {steps.before.removeprefix('the ')}"
    return f"{measure.name}, {steps.last}{'' if steps.is_last_whole else ' (incomplete)'}"


def add_run_changes(
    book: ValueBook, measure: Measure, previous: ResultTable, columns: Columns
) -> None:
    """Add what the run before found, and the changes since."""
    old = _same_measure(book, measure, previous, columns)
    new_number = overall(book.table, measure)
    old_number = overall(previous, old) if old else None
    if old is None or (new_number is None and old_number is None):
        return
    made = f"sum({measure.name})" if measure.is_additive else measure.name
    if old_number is not None:
        book.add_number(
            f"previous_{measure.slug}",
            old_number,
            measure,
            f"{made} in the run before",
            subjects=ALL,
            tags=RUN | {"total", "previous"},
            needs=RUN | {"previous"},
        )
    add_change(
        book,
        f"run_change_{measure.slug}",
        new_number,
        old_number,
        measure,
        origin=f"{made}: this run minus the run before",
        description=f"change of {measure.name} since the last run",
        subjects=ALL,
        tags=RUN | {"total"},
        needs=RUN,
    )
    if book.columns.time is None:
        moved = _moves(
            book.labels(measure),
            groups_by(previous, columns.label, old),
        )
        _add_movers(book, measure, moved, RUN, "this run minus the run before")


def add_period_names(book: ValueBook) -> None:
    """Add the names of the last two periods and from when to when the rows are."""
    time = book.columns.time
    if time is None or not book.columns.measures:
        return
    periods = book.periods(book.columns.measures[0])
    if len(periods) < 2:
        return
    name = book.table.columns[time].name
    for ref, group in (("last_period", periods[-1]), ("before_period", periods[-2])):
        tags = frozenset({"last" if ref == "last_period" else "previous"})
        origin = f"{'last' if ref == 'last_period' else 'second last'} {name}"
        book.add_name(ref, group.name, time, origin, subject=time_subject(group.name), tags=tags)
    span = f"{show_cell(periods[0].name)} to {show_cell(periods[-1].name)}"
    book.add(
        Value("span", ValueKind.DATE, span, span, f"first and last {name}", "span", subjects=ALL)
    )


def _add_trend(book: ValueBook, measure: Measure, periods: Sequence[Group]) -> None:
    """Add the direction of most pairs of periods (Kendall's tau of at least a half), in words."""
    numbers = [one.number for one in periods if one.number is not None][-_TREND_PERIODS:]
    if len(numbers) < MIN_FOR_TREND:
        return
    pairs = [(old, new) for place, new in enumerate(numbers) for old in numbers[:place]]
    score = sum((new > old) - (new < old) for old, new in pairs)
    direction = None
    if all(one == numbers[0] for one in numbers):
        direction = "same"
    elif 2 * abs(score) >= len(pairs):
        direction = "up" if score > 0 else "down"
    words = _TREND_WORDS.get(direction or "", "unclear")
    book.add(
        Value(
            f"trend_of_{measure.slug}",
            ValueKind.WORDS,
            words,
            words,
            f"order of {len(numbers):,} periods by {measure.name}",
            f"trend of {measure.name}",
            measure.index,
            ALL,
            frozenset({direction, "trend"} if direction else {"trend"}),
            frozenset({"trend"}),
        )
    )


def _moves_between(
    book: ValueBook, measure: Measure, before: Cell, last: Cell
) -> list[tuple[Cell, Number, Number]]:
    """Return the labels that have numbers in both periods, with the old and the new one."""
    time, label = book.columns.time, book.columns.label
    if time is None or label is None:
        return []
    old, new = (
        groups_by(replace(book.table, rows=rows), label, measure)
        for rows in (
            tuple(row for row in book.table.rows if row[time] == period)
            for period in (before, last)
        )
    )
    return _moves(new, old)


def _moves(new: Sequence[Group], old: Sequence[Group]) -> list[tuple[Cell, Number, Number]]:
    known = {label_subject(one.name): one.number for one in old}
    return [
        (one.name, before, one.number)
        for one in new
        if one.number is not None and (before := known.get(label_subject(one.name))) is not None
    ]


def _add_movers(
    book: ValueBook,
    measure: Measure,
    moves: Sequence[tuple[Cell, Number, Number]],
    step: frozenset[str],
    origin: str,
) -> None:
    """Add the label that rose most and the one that fell most, each if it is the only one."""
    label = book.columns.label
    if label is None or len(moves) < 2:
        return
    sizes = [change_between(new, old) for _, old, new in moves]
    for ref, sign in (("gain", 1), ("loss", -1)):
        most = max(sign * size for size in sizes)
        if most <= 0 or sum(sign * size == most for size in sizes) > 1:
            continue
        name, old, new = next(
            move for move, size in zip(moves, sizes, strict=True) if sign * size == most
        )
        subject, tags = label_subject(name), step | {"extreme"}
        book.add_name(
            f"{ref}_name_{measure.slug}",
            name,
            label,
            f"{book.table.columns[label].name} with the largest {ref} of {measure.name}",
            subject=subject,
            tags=tags | {"up" if sign > 0 else "down"},
            measure=measure.index,
        )
        add_change(
            book,
            f"{ref}_{measure.slug}",
            new,
            old,
            measure,
            origin=f"{measure.name} of this row: {origin}",
            description=f"largest {ref} of {measure.name}",
            subjects=frozenset({subject}),
            tags=tags,
            needs=(step & RUN) | NAMED,
        )


def _same_measure(
    book: ValueBook, measure: Measure, previous: ResultTable, columns: Columns
) -> Measure | None:
    """Return the column of the same name, kind and unit in the run before, if there is one."""
    column = book.table.columns[measure.index]
    if [one.name for one in book.table.columns].count(column.name) > 1:
        return None
    return next(
        (one for one in columns.measures if previous.columns[one.index] == column),
        None,
    )

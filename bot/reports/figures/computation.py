"""What can be said of a result: totals, means, extremes, shares, changes, trends, outliers."""

from datetime import date

from bot.reports.figures.arithmetic import exact_mean, exact_median
from bot.reports.figures.columns import Measure, read_columns
from bot.reports.figures.computed_changes import (
    add_period_names,
    add_period_values,
    add_run_changes,
)
from bot.reports.figures.grouped_numbers import numbers_in, overall
from bot.reports.figures.rankings import add_groups, add_outliers, add_peaks, add_rankings
from bot.reports.figures.value_book import ALL, NAMED, ValueBook
from bot.reports.figures.values import Value, ValueKind
from bot.sources.result import ResultTable

_MEAN_PLACES = 2


def compute_values(
    table: ResultTable, previous: ResultTable | None = None, today: date | None = None
) -> ValueBook:
    """
    Return every value that may be told of *table*; what *today* is in is not whole.

    *previous* are the rows of the run before; its columns count where name, kind and unit are the
    same. Two columns of one name are two measures, and neither is compared with the run before.
    """
    book = ValueBook(table, read_columns(table), today)
    _add_counts(book, previous)
    add_period_names(book)
    before = None if previous is None else read_columns(previous)
    for measure in book.columns.measures:
        _add_overall(book, measure)
        add_rankings(book, measure)
        add_peaks(book, measure)
        add_outliers(book, measure)
        add_groups(book, measure)
        add_period_values(book, measure)
        if previous is not None and before is not None:
            add_run_changes(book, measure, previous, before)
    return book


def _add_counts(book: ValueBook, previous: ResultTable | None) -> None:
    _add_count(book, "rows", len(book.table.rows), "number of rows", frozenset({"row"}))
    if previous is not None:
        needs = frozenset({"run", "row", "previous"})
        _add_count(
            book, "previous_rows", len(previous.rows), "number of rows in the run before", needs
        )
    label = book.columns.label
    if label is not None and book.columns.measures:
        groups = book.labels(book.columns.measures[0])
        name = book.table.columns[label].name
        needs = frozenset({"labels"})
        _add_count(book, "labels", len(groups), f"number of different {name}", needs)


def _add_count(book: ValueBook, ref: str, count: int, origin: str, needs: frozenset[str]) -> None:
    book.add(
        Value(
            ref,
            ValueKind.COUNT,
            count,
            f"{count:,}",
            origin,
            origin,
            subjects=ALL,
            tags=needs,
            needs=needs,
        )
    )


def _add_overall(book: ValueBook, measure: Measure) -> None:
    """Add the total, the mean, the median and, where nothing else names them, the extremes."""
    numbers = numbers_in(book.table, measure)
    cells = [row[measure.index] for row in book.table.rows]
    words = sum(isinstance(cell, str) for cell in cells)
    name, slug = measure.name, measure.slug
    if measure.is_additive:
        total = overall(book.table, measure)
        if total is None and words:
            text = f"no total: not all values of {name} are numbers"
            book.add(
                Value(
                    f"total_{slug}",
                    ValueKind.WORDS,
                    text,
                    text,
                    f"sum({name})",
                    f"total {name}",
                    measure.index,
                    ALL,
                    frozenset({"total"}),
                )
            )
        else:
            book.add_number(
                f"total_{slug}",
                total,
                measure,
                f"sum({name})",
                subjects=ALL,
                tags=frozenset({"total", "run"}),
            )
    if len(numbers) < 2 or words or measure.is_partial:
        return
    places = (
        min(measure.places + 1, _MEAN_PLACES) if measure.places < _MEAN_PLACES else measure.places
    )
    for ref, number in (("mean", exact_mean(numbers)), ("median", exact_median(numbers))):
        is_average = ref == "mean" and not {"average", "avg", "mean"}.isdisjoint(name.split())
        book.add_number(
            f"{ref}_{slug}",
            number,
            measure,
            f"{ref}({name}) of the rows",
            places=places,
            subjects=ALL,
            tags=frozenset({ref, "row", "per"}),
            description=name if is_average else f"{'average' if ref == 'mean' else ref} {name}",
            needs=frozenset({ref}),
        )
    if book.columns.label is None and book.columns.time is None:
        for ref, number, tag in (("max", max(numbers), "high"), ("min", min(numbers), "low")):
            book.add_number(
                f"{ref}_{slug}",
                number,
                measure,
                f"{ref}({name}) of the rows",
                subjects=ALL,
                tags=frozenset({tag}),
                needs=NAMED | {tag},
            )

"""Chooses charts for a result: lines over time, bars for a few names. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.charts.chart import COURSES
from bot.reports.analysts.base import ChartSpec
from bot.reports.figures.arithmetic import Number, exact_number, exact_sum, magnitude
from bot.reports.figures.columns import Measure, read_columns, readable_name
from bot.reports.figures.grouped_numbers import numbers_in
from bot.reports.figures.period_lengths import read_steps
from bot.sources.result import ResultTable

MAX_SERIES = 3
MAX_BARS = 20
MAX_SLICES = 8
#: Beside a measure so many times as large another one is a line on the axis.
_MOST_TIMES = 20
_HUNDRED = range(99, 102)


def choose_charts(table: ResultTable) -> tuple[ChartSpec, ...]:
    """
    Return at most one chart; none where rows share a label or a period, or there are too many.

    A pie only shows percentages that are parts of a hundred: anything else is read better as bars.
    """
    columns = read_columns(table)
    if not columns.measures or len(table.rows) < 2:
        return ()
    first = columns.measures[0]
    series = _seen_together(table, columns.measures)
    if columns.time is not None and is_unique(table, columns.time):
        kind = _kind_over_time("line", table, columns.time, series)
        return (_make_chart(table, columns.time, kind, series),)
    if columns.label is None or not is_unique(table, columns.label):
        return ()
    if len(table.rows) > MAX_BARS:
        return ()
    if len(table.rows) <= MAX_SLICES and _are_parts(table, first):
        return (_make_chart(table, columns.label, "pie", [first]),)
    return (_make_chart(table, columns.label, "bar", series),)


def checked_chart(chart: ChartSpec, table: ResultTable) -> ChartSpec | None:
    """Return a chart that was asked for, with a title of ours; None if it cannot be drawn."""
    columns = read_columns(table)
    measures = {one.index: one for one in columns.measures}
    series = [measures[index] for index in chart.series if index in measures]
    is_drawable = (
        0 <= chart.category < len(table.columns)
        and chart.category not in measures
        and len(table.rows) >= 2
        and bool(series)
        and is_unique(table, chart.category)
    )
    if not is_drawable or (chart.kind == "pie" and not _are_parts(table, series[0])):
        return None
    kept = series[:1] if chart.kind == "pie" else _seen_together(table, series)
    kind: str = chart.kind
    if chart.category == columns.time:
        kind = _kind_over_time(kind, table, columns.time, kept)
    elif kind in COURSES:
        kind = "bar"  # A line would say that names follow each other.
    return _make_chart(table, chart.category, kind, kept)


def _seen_together(table: ResultTable, measures: Sequence[Measure]) -> list[Measure]:
    """Return the first measure, and those of its unit that can be seen beside it."""
    first = measures[0]
    largest = _largest(table, first)
    return [
        one
        for one in measures
        if one is first
        or (
            one.unit == first.unit
            and largest <= _MOST_TIMES * _largest(table, one)
            and _largest(table, one) <= _MOST_TIMES * largest
        )
    ][:MAX_SERIES]


def _largest(table: ResultTable, measure: Measure) -> Number:
    return max(map(magnitude, numbers_in(table, measure)), default=0)


def _kind_over_time(kind: str, table: ResultTable, time: int, series: Sequence[Measure]) -> str:
    """Return bars for some periods with gaps, over which a line would pass; a line for many."""
    if kind == "bar":
        return "bar" if len(table.rows) <= MAX_BARS else "line"
    rows = tuple(
        row for row in table.rows if all(exact_number(row[one.index]) is not None for one in series)
    )
    has_gaps = read_steps(replace(table, rows=rows), time, None).has_gaps
    return "bar" if has_gaps and len(rows) <= MAX_BARS else kind


def _make_chart(
    table: ResultTable, category: int, kind: str, series: Sequence[Measure]
) -> ChartSpec:
    names = ", ".join(one.name for one in series)
    label = readable_name(table.columns[category].name)
    title = f"{names} by {label}"
    return ChartSpec(
        kind,  # type: ignore[arg-type]
        f"{title[:1].upper()}{title[1:]}",
        category,
        tuple(one.index for one in series),
    )


def is_unique(table: ResultTable, column: int) -> bool:
    """Tell whether each row has a value of its own in a column."""
    cells = [row[column] for row in table.rows]
    return None not in cells and len({(type(cell), cell) for cell in cells}) == len(cells)


def _are_parts(table: ResultTable, measure: Measure) -> bool:
    numbers = numbers_in(table, measure)
    return (
        measure.unit == "%"
        and len(numbers) == len(table.rows)
        and all(number >= 0 for number in numbers)
        and round(exact_sum(numbers)) in _HUNDRED
    )

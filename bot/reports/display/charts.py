"""
A chart of columns of a result: the same points for Slack, for the picture, and for the text. Pure.

Nothing is computed but positions: every point is a cell, and a row without a value is left out
rather than drawn as zero.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from bot.charts.chart import COURSES, Chart, ChartPoint, ChartSeries, chosen_points
from bot.messages.rendering.truncation import truncate
from bot.reports.analysts.base import ChartSpec
from bot.reports.display.cells import cell_words, column_heading, number_words, plotted
from bot.reports.figures.columns import read_columns
from bot.reports.figures.grouped_numbers import time_key
from bot.reports.figures.period_lengths import read_steps
from bot.sources.result import Cell, ResultColumn, ResultTable

#: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
MAX_SHOWN_CHARTS = 2
NATIVE_CATEGORIES = 20
_MAX_SERIES = 12
_MAX_SEGMENTS = 12
_CHART_TITLE_CHARACTERS = 50
_LABEL_CHARACTERS_SHOWN = 20
#: More points are not drawn in a picture either.
_PICTURE_POINTS = 400
_TEXT_POINTS = 20
_NO_LABEL = "(empty)"


def charts_of(specs: Sequence[ChartSpec], table: ResultTable) -> list[Chart]:
    """Return the charts that have something to draw, two at most."""
    found = [chart for spec in specs if (chart := chart_of(spec, table)) is not None]
    return found[:MAX_SHOWN_CHARTS]


def chart_of(spec: ChartSpec, table: ResultTable) -> Chart | None:
    """Return the chart; None if its columns are not there or hold too little to draw."""
    width = len(table.columns)
    columns = [
        one for one in dict.fromkeys(spec.series) if 0 <= one < width and one != spec.category
    ]
    columns = columns[: 1 if spec.kind == "pie" else _MAX_SERIES]
    if not columns or not 0 <= spec.category < width:
        return None
    found = [row for row in table.rows if all(plotted(row[one]) is not None for one in columns)]
    if len(found) < 2:
        return None
    notes = _notes_on_missing(len(table.rows) - len(found))
    if _is_course(table, spec.category):
        found.sort(key=lambda row: time_key(row[spec.category]))
        steps = read_steps(table, spec.category, None)
        if steps.has_gaps and spec.kind in COURSES:
            notes = (*notes, f"Each {steps.grain} without a row is left out of the chart.")
    rows = found[chosen_points(spec.kind, len(found), _PICTURE_POINTS)]
    heading = table.columns[spec.category]
    units = {table.columns[one].unit for one in columns}
    chart = Chart(
        kind=spec.kind,
        title=" ".join(spec.title.split()) or column_heading(table.columns[columns[0]]),
        labels=tuple(_numbered(_category_labels([row[spec.category] for row in rows], heading))),
        series=tuple(_series_of(table, rows, one) for one in columns),
        label_name=heading.name,
        unit=units.pop() if len(units) == 1 else None,
        count=len(found),
        notes=notes,
    )
    return _as_drawable(chart)


def _is_course(table: ResultTable, column: int) -> bool:
    """Tell whether every row has its place in time there."""
    return column == read_columns(table).time and all(row[column] is not None for row in table.rows)


def native_chart(chart: Chart) -> dict[str, Any]:
    """Return the `data_visualization` block, within Slack's limits."""
    shown = chart.newest(NATIVE_CATEGORIES)
    title = truncate(chart.title, _CHART_TITLE_CHARACTERS)
    if shown.kind == "pie":
        pairs = zip(shown.labels, shown.series[0].points, strict=True)
        segments = [{"label": label, "value": point.value} for label, point in pairs]
        return {"title": title, "chart": {"type": "pie", "segments": segments}}
    names = _numbered([one.name for one in shown.series], _LABEL_CHARACTERS_SHOWN)
    labels = _numbered(shown.labels, _LABEL_CHARACTERS_SHOWN)
    series = [
        {
            "name": name,
            "data": [
                {"label": label, "value": point.value}
                for label, point in zip(labels, one.points, strict=True)
            ],
        }
        for name, one in zip(names, shown.series, strict=True)
    ]
    axes: dict[str, Any] = {"categories": labels, "x_label": chart.label_name}
    if chart.unit:
        axes["y_label"] = chart.unit
    return {"title": title, "chart": {"type": shown.kind, "series": series, "axis_config": axes}}


def chart_of_block(block: Mapping[str, Any]) -> Chart:
    """Return the chart of a `data_visualization` block, to draw it where Slack shows none."""
    drawn = block["chart"]
    axes = drawn.get("axis_config") or {}
    if drawn["type"] == "pie":
        labels = [one["label"] for one in drawn["segments"]]
        named = [("", drawn["segments"])]
    else:
        labels = list(axes["categories"])
        named = [(one["name"], one["data"]) for one in drawn["series"]]
    series = tuple(
        ChartSeries(
            name, tuple(ChartPoint(one["value"], number_words(one["value"])) for one in data)
        )
        for name, data in named
    )
    return Chart(
        kind=drawn["type"],
        title=block["title"],
        labels=tuple(labels),
        series=series,
        label_name=axes.get("x_label") or "",
        unit=axes.get("y_label"),
        count=len(labels),
    )


def chart_lines(chart: Chart) -> list[str]:
    """Return the figures of a chart as text, a line for each series."""
    shown = chart.newest(_TEXT_POINTS)
    lines = [
        f"{series.name}: "
        + ", ".join(
            f"{label} {point.text}"
            for label, point in zip(shown.labels, series.points, strict=True)
        )
        for series in shown.series
    ]
    return [shown.title, *lines, *shown.remarks]


def _category_labels(cells: Sequence[Cell], column: ResultColumn) -> list[str]:
    """Return the names of categories; days are short, and months of years shorter."""
    days = [_day_of(cell) for cell in cells]
    if not all(days):
        words = [" ".join(cell_words(cell, column).split()) for cell in cells]
        return _moment_labels(cells) or words
    known = [day for day in days if day is not None]
    is_one_year = len({day.year for day in known}) == 1
    if len(known) > 1 and all(day.day == 1 for day in known):
        return [f"{day:%b %Y}" for day in known]
    return [f"{day.day} {day:%b}" if is_one_year else f"{day.day} {day:%b %Y}" for day in known]


def _moment_labels(cells: Sequence[Cell]) -> list[str]:
    """Return `09:00`, or `27 Nov 09:00` of several days; nothing unless all are whole minutes."""
    moments = [cell for cell in cells if isinstance(cell, datetime)]
    if len(moments) < len(cells) or any(one.second or one.microsecond for one in moments):
        return []
    if len({one.date() for one in moments}) == 1:
        return [f"{one:%H:%M}" for one in moments]
    return [f"{one.day} {one:%b %H:%M}" for one in moments]


def _day_of(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else None
    return cell if isinstance(cell, date) else None


def _series_of(table: ResultTable, rows: Sequence[tuple[Any, ...]], index: int) -> ChartSeries:
    column = table.columns[index]
    points = tuple(
        ChartPoint(plotted(row[index]) or 0, cell_words(row[index], column)) for row in rows
    )
    return ChartSeries(column_heading(column), points)


def _as_drawable(chart: Chart) -> Chart:
    """Return the kind of chart that its figures can be drawn as."""
    values = [point.value for series in chart.series for point in series.points]
    if chart.kind == "pie":
        is_whole = all(value > 0 for value in values) and len(values) <= _MAX_SEGMENTS
        return chart if is_whole else replace(chart, kind="bar")
    if chart.kind == "area" and min(values) < 0:  # Areas are stacked.
        return replace(chart, kind="line")
    return chart


def _notes_on_missing(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    words = "1 row without a value is" if count == 1 else f"{count:,} rows without a value are"
    return (f"{words} not in the chart.",)


def _numbered(names: Sequence[str], limit: int | None = None) -> list[str]:
    """Return names of which no two are the same, each within *limit*."""
    taken: Counter[str] = Counter()
    found = []
    for name in names:
        label = (truncate(name, limit) if limit else name) or _NO_LABEL
        number = 1
        while taken[label]:
            number += 1
            ending = f" {number}"
            kept = truncate(name, limit - len(ending)) if limit else name
            label = f"{kept}{ending}"
        taken[label] += 1
        found.append(label)
    return found

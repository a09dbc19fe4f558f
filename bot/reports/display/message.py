"""What the templates in `templates/reports` are filled with. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.charts.chart import Chart, finding
from bot.charts.fallbacks import NATIVE, Face, TableFace
from bot.ids import is_slack_user_id
from bot.messages.rendering.truncation import truncate, units
from bot.reports.analysts.base import ChartSpec
from bot.reports.display.cells import cell_words, column_heading, plotted
from bot.reports.display.charts import (
    NATIVE_CATEGORIES,
    chart_lines,
    charts_of,
    native_chart,
)
from bot.reports.display.no_totals import no_total_notes
from bot.reports.models import Report, ReportRun, Trigger
from bot.sources.result import ResultTable

REPORT_TEMPLATE = "reports/report"

_MAX_COLUMNS = 20
_CELL_CHARACTERS = 200
#: Rows and characters of a table: those of Slack, and what leaves room for the other blocks.
#: https://docs.slack.dev/reference/block-kit/blocks/data-table-block
_ROOM = {
    TableFace.DATA_TABLE: (200, 19_000),
    TableFace.TABLE: (60, 3_500),
    TableFace.TEXT: (30, 2_400),
}
_TEXT_ROWS = 40
_TEXT_COLUMN_CHARACTERS = 28
_MAX_METRICS = 10
_MAX_SENTENCES = 12


@dataclass(frozen=True)
class Said:
    """
    What is said of a result, checked and with its figures filled in: plain text, all of it data.

    `key_metrics` are pairs of a label and a value; `by` names the analyst.
    """

    summary: str
    key_metrics: Sequence[tuple[str, str]] = ()
    insights: Sequence[str] = ()
    recommendations: Sequence[str] = ()
    charts: Sequence[ChartSpec] = ()
    warnings: Sequence[str] = ()  # incomplete data, the built-in narrative instead of another
    total: int = 0
    traced: int = 0
    by: str = "builtin"


@dataclass(frozen=True)
class ReportFacts:
    """Everything that a run's message shows; `at` is the due time, or when somebody asked."""

    report: Report
    run: ReportRun
    table: ResultTable
    said: Said
    at: datetime
    next_run: datetime | None = None
    is_preview: bool = False
    is_corrected: bool = False  # its data was incomplete and is complete now


def report_message_context(facts: ReportFacts, face: Face = NATIVE) -> dict[str, Any]:
    """Return the context of `reports/report`: every figure also as the text that people read."""
    said, table = facts.said, facts.table
    charts = charts_of(said.charts, table)
    shown = table_context(table, face.table)
    corrected = ["Corrected: the data was incomplete before."] if facts.is_corrected else []
    notes = [*corrected, *_chart_notes(charts, face), *_table_notes(table, shown)]
    return {
        "name": facts.report.name,
        "when": wall_time(facts.at, zone_of(facts.report)),
        "description": facts.report.description,
        "warnings": list(said.warnings)[:5],
        "summary": said.summary,
        "key_metrics": [
            {"label": label, "value": value} for label, value in said.key_metrics[:_MAX_METRICS]
        ],
        "insights": list(said.insights)[:_MAX_SENTENCES],
        "recommendations": list(said.recommendations)[:_MAX_SENTENCES],
        "charts": [native_chart(one) for one in charts] if face.has_native_charts else [],
        "chart_texts": _chart_texts(charts, face),
        **shown,
        "lines": [line for line in _text_lines(table, charts) if line not in notes],
        "notes": notes,
        "run_details": run_details(facts),
        "requested_by": _person(facts.run),
        "next_run": int(facts.next_run.timestamp()) if facts.next_run else None,
        "is_preview": facts.is_preview,
        "report_id": facts.report.id,
        "run_id": facts.run.id,
    }


def zone_of(report: Report) -> ZoneInfo:
    """Return the zone of a report's schedule."""
    return ZoneInfo(report.schedule.get("timezone") or "UTC")


def wall_time(at: datetime, zone: ZoneInfo) -> str:
    """Return `Sat 28 Nov 2026, 09:00 CET`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {local.tzname()}"


def run_details(facts: ReportFacts) -> str:
    """Return the footer: what was checked, what was asked, how long it took, by whom."""
    said, table, run = facts.said, facts.table, facts.run
    figures = f"{said.traced} of {said.total} figures traced" if said.total else "no figures"
    rows = "1 row" if len(table.rows) == 1 else f"{len(table.rows):,} rows"
    parts = [
        figures,
        f"rows {table.digest}",
        f"{rows} from {table.source}",
        f"{table.seconds:.1f} s",
    ]
    parts.append(f"by {said.by}")
    tokens = run.input_tokens + run.output_tokens
    if tokens:
        parts.append(f"{tokens:,} tokens")
    if run.cost is not None:
        parts.append(f"${run.cost:.4f}")
    if run.trigger == Trigger.CATCH_UP:
        parts.append("caught up after downtime")
    return " · ".join(parts)


def table_context(table: ResultTable, face: TableFace) -> dict[str, Any]:
    """Return how the rows are shown: `headings` and `cells`, or `table_text`, and how many."""
    columns = table.columns[:_MAX_COLUMNS]
    is_one_cell = len(table.rows) == 1 and len(table.columns) == 1
    # The summary has it; text may be too long for that.
    is_one_number = is_one_cell and plotted(table.rows[0][0]) is not None
    if not table.rows or not columns or is_one_number:
        return {**_NO_TABLE, "shown_rows": len(table.rows), "shown_columns": len(table.columns)}
    headings = [truncate(column_heading(one), _CELL_CHARACTERS) for one in columns]
    limit, room = _ROOM[face]
    if face is TableFace.TEXT:
        text, count = aligned_text(headings, _worded_rows(table, limit), room)
        return {
            **_NO_TABLE,
            "table_text": text,
            "shown_rows": count,
            "shown_columns": len(columns),
        }
    cells = []
    room -= sum(units(one) for one in headings)
    for row in table.rows[:limit]:
        line = [_table_cell(cell, column) for cell, column in zip(row, columns, strict=False)]
        room -= sum(units(one["text"]) or 1 for one in line)
        if room < 0:
            break
        cells.append(line)
    return {
        **_NO_TABLE,
        "table_face": str(face),
        "headings": headings,
        "cells": cells,
        "shown_rows": len(cells),
        "shown_columns": len(columns),
    }


_NO_TABLE: dict[str, Any] = {"table_face": "", "headings": [], "cells": [], "table_text": ""}


def _table_cell(cell: Any, column: Any) -> dict[str, Any]:
    """Return a cell; a number as such, so that people can sort by it, with its exact text."""
    text = truncate(" ".join(cell_words(cell, column).split()) or " ", _CELL_CHARACTERS)
    value = plotted(cell)
    if value is None or units(text) > _RAW_NUMBER_CHARACTERS:
        return {"type": "raw_text", "text": text}
    return {"type": "raw_number", "value": value, "text": text}


#: What Slack takes as the text of a number.
_RAW_NUMBER_CHARACTERS = 100


def _worded_rows(table: ResultTable, limit: int) -> list[list[str]]:
    columns = table.columns[:_MAX_COLUMNS]
    return [
        [
            " ".join(cell_words(cell, column).split())
            for cell, column in zip(row, columns, strict=False)
        ]
        for row in table.rows[:limit]
    ]


def aligned_text(
    headings: Sequence[str], rows: Sequence[Sequence[str]], room: int
) -> tuple[str, int]:
    """Return lines with columns of equal width, and how many rows had room."""
    cut = [[truncate(one, _TEXT_COLUMN_CHARACTERS) for one in line] for line in (headings, *rows)]
    widths = [max(len(line[at]) for line in cut) for at in range(len(headings))]
    lines: list[str] = []
    for line in cut:
        text = "  ".join(one.ljust(width) for one, width in zip(line, widths, strict=True)).rstrip()
        room -= units(text) + 1
        if room < 0:
            break
        lines.append(text)
    return "\n".join(lines), max(0, len(lines) - 1)


def _text_lines(table: ResultTable, charts: Iterable[Chart]) -> list[str]:
    """Return charts and rows as lines, for notifications, screen readers and other places."""
    lines = [line for chart in charts for line in chart_lines(chart)]
    rows = _worded_rows(table, _TEXT_ROWS)
    if rows:
        lines.append(" | ".join(column_heading(one) for one in table.columns[:_MAX_COLUMNS]))
    lines += [" | ".join(truncate(one, _CELL_CHARACTERS) for one in row) for row in rows]
    if len(table.rows) > len(rows):
        lines.append(f"… {len(table.rows) - len(rows):,} more rows")
    return lines


def _chart_texts(charts: Sequence[Chart], face: Face) -> list[str]:
    """Return what stands in the message where Slack does not draw the charts."""
    if face.has_native_charts:
        return []
    if face.has_pictures:
        return [finding(one) for one in charts]
    return ["\n".join(chart_lines(one)) for one in charts]


def _chart_notes(charts: Sequence[Chart], face: Face) -> list[str]:
    if face.has_native_charts:
        return [note for one in charts for note in one.newest(NATIVE_CATEGORIES).remarks]
    if charts and face.has_pictures:
        return ["The chart is a picture in the thread." if len(charts) == 1 else _PICTURES]
    return []


_PICTURES = "The charts are pictures in the thread."


def _table_notes(table: ResultTable, shown: Mapping[str, Any]) -> list[str]:
    """Return which columns have no total, what the message does not show, and where it is."""
    rows, columns = len(table.rows), len(table.columns)
    if not rows:
        return ["The query returned no rows."]
    notes = list(no_total_notes(table))
    left_out = []
    if shown["shown_rows"] < rows:
        left_out.append(f"The first {shown['shown_rows']:,} of {rows:,} rows")
    if shown["shown_columns"] < columns:
        left_out.append(f"The first {shown['shown_columns']} of {columns} columns")
    if left_out:
        notes.append(f"{' and '.join(left_out)}: all are in the thread.")
    return notes


def _person(run: ReportRun) -> str | None:
    """Return who asked for the run, if a person in Slack did."""
    who = run.requested_by
    return who if who and is_slack_user_id(who) else None

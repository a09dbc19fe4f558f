"""
The files in the thread of a report: all rows as CSV and JSON, and pictures of its charts. Pure.

CSV is that of RFC 4180 with a UTF-8 mark, so that spreadsheets read it, and a cell that one would
take for a formula begins with an apostrophe. Every digit is the database's.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bot.charts.chart import finding
from bot.charts.fallbacks import Face
from bot.charts.pictures import draw_chart
from bot.messages.delivery.content import FILE
from bot.messages.outbox import Content
from bot.messages.transports.base import File
from bot.reports.display.charts import charts_of
from bot.reports.display.message import ReportFacts, zone_of
from bot.sources.result import Cell, ResultTable

#: Larger files would weigh on the database that the messages are kept in.
MAX_FILE_BYTES = 5_000_000

#: What a spreadsheet takes for the beginning of a formula, also after blanks; the wide forms, too.
#: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile("^[\\s\u00a0\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_NUMBER_IN_TEXT = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?")
_UTF8_MARK = "\ufeff"
_STEM_CHARACTERS = 60


def thread_files(facts: ReportFacts, face: Face) -> list[Content]:
    """
    Return the replies that hold the files, in the order in which they are to be posted.

    Draws pictures, so call it in a thread. No rows, no files; a file that is too large is left out.
    """
    files = rows_files(facts) if facts.table.rows else []
    if face.has_pictures:
        files = [*picture_files(facts), *files]
    fitting = [one for one in files if len(one.content) <= MAX_FILE_BYTES]
    return [Content(FILE, file.as_context()) for file in fitting]


def rows_files(facts: ReportFacts) -> list[File]:
    """Return all rows as CSV and as JSON."""
    name = file_stem(facts)
    return [
        File(f"{name}.csv", rows_csv_of(facts.table)),
        File(f"{name}.json", rows_json_of(facts.table)),
    ]


def picture_files(facts: ReportFacts) -> list[File]:
    """Return the charts as PNG, each with what it shows as its alternative text."""
    charts = charts_of(facts.said.charts, facts.table)
    name = file_stem(facts)
    return [
        File.of_bytes(f"{name}-chart-{number}.png", draw_chart(chart), finding(chart))
        for number, chart in enumerate(charts, start=1)
    ]


def file_stem(facts: ReportFacts) -> str:
    """Return `daily-revenue-2026-11-28`: letters, digits and hyphens; `-complete` if corrected."""
    words = re.findall(r"[^\W_]+", facts.report.name.lower())
    day = facts.at.astimezone(zone_of(facts.report)).date().isoformat()
    end = "-complete" if facts.is_corrected else ""
    return f"{'-'.join(words)[:_STEM_CHARACTERS].strip('-') or 'report'}-{day}{end}"


def rows_csv_of(table: ResultTable) -> str:
    """Return all rows as CSV, with a header."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([harmless_cell(column.name) for column in table.columns])
    for row in table.rows:
        writer.writerow([csv_cell(cell) for cell in row])
    return _UTF8_MARK + written.getvalue()


def csv_cell(cell: Cell) -> str:
    """Return a cell as CSV holds it; NULL is empty."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return harmless_cell(cell)
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def harmless_cell(text: str) -> str:
    """Return text that no spreadsheet runs; a negative number in text stays a number."""
    text = text.replace("\x00", "")
    if _FORMULA.match(text) and not _NUMBER_IN_TEXT.fullmatch(text.strip()):
        return f"'{text}"
    return text


def rows_json_of(table: ResultTable) -> str:
    """
    Return `{"columns", "rows", "source", "sql", "fetched_at"}`, the rows as lists.

    Numbers that JSON readers would round are text.
    """
    columns = [
        {"name": one.name, "kind": str(one.kind), **({"unit": one.unit} if one.unit else {})}
        for one in table.columns
    ]
    head: dict[str, Any] = {
        "source": table.source,
        "sql": table.sql,
        "fetched_at": table.fetched_at.isoformat(),
        "digest": table.digest,
        "columns": columns,
    }
    rows = ",\n".join("    " + _json_row(row) for row in table.rows)
    body = json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}")
    return f'{body},\n  "rows": [\n{rows}\n  ]\n}}\n'


def _json_row(row: Sequence[Cell]) -> str:
    return json.dumps([_json_cell(cell) for cell in row], ensure_ascii=False)


def _json_cell(cell: Cell) -> Any:
    match cell:
        case None | bool() | str() | float():
            return cell
        case int():
            return cell if abs(cell) < 2**53 else str(cell)
        case Decimal():
            return str(cell)
        case _:
            return cell.isoformat()

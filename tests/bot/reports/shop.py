"""A small shop's sales, a report about them, and what is said of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.reports.analysts.base import ChartSpec
from bot.reports.display.message import ReportFacts, Said
from bot.reports.models import Report, ReportRun, RunStatus, Trigger
from bot.sources.result import Cell, ColumnKind, ResultColumn, ResultTable

ADA = "U0ADA00001"
NINE = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
COLUMNS = (
    ResultColumn("day", ColumnKind.DATE),
    ResultColumn("orders", ColumnKind.NUMBER),
    ResultColumn("revenue", ColumnKind.NUMBER, "EUR"),
)
SAID = Said(
    summary="Revenue was 12,450.50 EUR yesterday, 8.2 % more than the day before.",
    key_metrics=[("Revenue", "12,450.50 EUR"), ("Orders", "131"), ("Change", "+8.2 %")],
    insights=["Revenue was highest on 2026-11-27.", "Orders were lowest on 2026-11-21."],
    recommendations=["Look at the orders of 2026-11-21."],
    charts=[ChartSpec("line", "Revenue by day", 0, (2,))],
    total=14,
    traced=14,
)


def sales(days: int = 7) -> ResultTable:
    """Return so many days of sales, the last of them the day before the report."""
    last = date(2026, 11, 27)
    rows: list[tuple[Cell, ...]] = [
        (
            last - timedelta(days=left),
            100 + (left * 37) % 61,
            Decimal("12450.50") - 137 * left + (left % 5) * Decimal("311.25"),
        )
        for left in reversed(range(days))
    ]
    return table_of(COLUMNS, rows)


def table_of(columns: Any, rows: Any) -> ResultTable:
    """Return a result as the shop's source returns it."""
    fixed = tuple(tuple(row) for row in rows)
    return ResultTable(tuple(columns), fixed, "SELECT …", "shop", NINE, 0.31)


def report_of(**changes: Any) -> Report:
    """Return Ada's report, every day at 09:00 in Berlin."""
    usual: dict[str, Any] = {
        "id": "r_1",
        "tenant": "default",
        "workspace_id": "T1",
        "owner": ADA,
        "name": "Daily revenue",
        "description": "What the shop sold yesterday.",
        "query": "revenue by day last week",
        "sql": "SELECT …",
        "source": "shop",
        "schedule": {"frequency": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
        "channel": "C0OPS00002",
        "created_at": NINE,
        "changed_at": NINE,
    }
    return Report(**{**usual, **changes})


def run_of(**changes: Any) -> ReportRun:
    """Return a run of it that has completed."""
    usual: dict[str, Any] = {
        "id": "x_1",
        "report_id": "r_1",
        "tenant": "default",
        "trigger": Trigger.SCHEDULE,
        "due_at": NINE,
        "created_at": NINE,
        "status": RunStatus.COMPLETED,
    }
    return ReportRun(**{**usual, **changes})


def facts_of(table: ResultTable | None = None, said: Said = SAID, **changes: Any) -> ReportFacts:
    """Return all that the message of the run shows."""
    usual: dict[str, Any] = {
        "report": report_of(),
        "run": run_of(),
        "table": table or sales(),
        "said": said,
        "at": NINE,
        "next_run": NINE + timedelta(days=1),
    }
    return ReportFacts(**{**usual, **changes})

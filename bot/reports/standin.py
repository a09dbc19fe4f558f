"""What stands in for the display and the narration until they are merged."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.messages.outbox import Content
from bot.reports.analysts.base import Usage
from bot.reports.models import Report, ReportRun
from bot.reports.replies import Answered
from bot.reports.runs.voice import Narration
from bot.sources.result import ResultTable

REPORT_TEMPLATE = "reports/report"
FAILED_TEMPLATE = "reports/failed"
NOTICE_TEMPLATE = "reports/notice"
BULK_TEMPLATE = "reports/bulk"


class Notice(StrEnum):
    """What a notice is about."""

    DISABLED = "disabled"
    OWNER_GONE = "owner_gone"
    CHANNEL_GONE = "channel_gone"
    SOURCE_GONE = "source_gone"
    FAILING = "failing"


def failure_context(report: Report, run: ReportRun, *, at: datetime) -> dict[str, Any]:
    return {"name": report.name, "error": run.error_message, "when": at.isoformat()}


def notice_context(
    report: Report, notice: Notice, reason: str, *, run: ReportRun | None = None
) -> dict[str, Any]:
    return {"name": report.name, "title": str(notice), "reason": reason, "run": run and run.id}


def bulk_context(
    runs: Sequence[tuple[str, ReportRun]], *, requested_by: str | None = None
) -> dict[str, Any]:
    return {
        "lines": [{"name": name, "status": str(run.status)} for name, run in runs],
        "requested_by": requested_by,
    }


class StandInVoice:
    """Counts the rows."""

    async def narrate(
        self,
        report: Report,
        table: ResultTable,
        previous: ResultTable | None,
        warnings: Sequence[str],
    ) -> Narration:
        summary = f"{len(table.rows)} rows"
        return Narration({"summary": summary, "warnings": list(warnings)}, [], 0, 0, Usage("none"))

    def content(
        self,
        report: Report,
        run: ReportRun,
        table: ResultTable,
        said: Narration,
        next_run: datetime | None,
        *,
        is_preview: bool = False,
    ) -> Content:
        return Content(REPORT_TEMPLATE, {"name": report.name, **said.narrative})

    async def answer(self, report: Report, table: ResultTable, question: str) -> Answered:
        return Answered("The rows do not say.", 0, 0, "none")

"""What a run needs of analysts and of the display."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.messages.outbox import Content
from bot.reports.analysts.base import Usage
from bot.reports.models import Report, ReportRun
from bot.reports.replies import Answered
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class Narration:
    """What is said of a result; all figures traced, all text plain."""

    narrative: Mapping[str, Any]
    figures: Sequence[Mapping[str, Any]]
    total: int
    traced: int
    usage: Usage


class Voice(Protocol):
    """Puts rows into words, and shows them as a message."""

    async def narrate(
        self,
        report: Report,
        table: ResultTable,
        previous: ResultTable | None,
        warnings: Sequence[str],
    ) -> Narration:
        """Say what the rows say; whatever an analyst does wrong, something is said."""
        ...

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
        """Return the message."""
        ...

    async def answer(self, report: Report, table: ResultTable, question: str) -> Answered:
        """Answer a question from the rows alone."""
        ...

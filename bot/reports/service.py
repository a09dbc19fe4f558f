"""Reports: create, change, preview, run, recompute and ask. What people and programs call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import FieldProblem
from bot.messages.rendering.renderer import Rendered
from bot.reports.models import Report, ReportRun
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class Actor:
    """Who acts: the subject of a token, or a person in Slack."""

    tenant: str
    workspace_id: str
    id: str
    is_admin: bool = False


@dataclass(frozen=True)
class Preview:
    """What a report would do: its next five runs, and its message from today's rows."""

    next_runs: Sequence[datetime]  # in the report's zone
    notes: Sequence[str]  # `February has no 31st: it runs on the 28th`
    sql: str | None
    rendered: Rendered | None
    problems: Sequence[FieldProblem]


@dataclass(frozen=True)
class Recomputed:
    """What the stored query says now."""

    is_unchanged: bool
    digest: str
    differences: Sequence[str]  # for people, the first twenty


@dataclass(frozen=True)
class Answered:
    """The answer to a question about a run, checked like a report."""

    text: str  # mrkdwn, escaped
    total: int
    traced: int
    by: str


@dataclass(frozen=True)
class StoredResult:
    """What a run found and said."""

    run: ReportRun
    table: ResultTable
    narrative: Mapping[str, Any]
    figures: Sequence[Mapping[str, Any]]  # {ref, text, origin, value}


class Reports:
    """
    Use cases. Reports are seen and changed by their owner and by admins.

    Everybody else gets `NotFoundError`. *fields* are those of `POST /api/scheduling/reports`, in
    snake_case; `InvalidError` names each wrong one by its path there (`schedule.time`).
    """

    async def create(self, actor: Actor, fields: Mapping[str, Any]) -> Report:
        raise NotImplementedError

    async def change(
        self,
        actor: Actor,
        report_id: str,
        fields: Mapping[str, Any],
        *,
        revision: int | None = None,
    ) -> Report:
        """Merge *fields* into the report, nested ones too; `ConflictError` if *revision* is old."""
        raise NotImplementedError

    async def delete(self, actor: Actor, report_id: str) -> None:
        raise NotImplementedError

    async def set_enabled(self, actor: Actor, report_id: str, *, is_enabled: bool) -> Report:
        raise NotImplementedError

    async def take_over(self, actor: Actor, report_id: str) -> Report:
        """Make the actor the owner of a report whose owner is gone; admins may always."""
        raise NotImplementedError

    async def find(self, actor: Actor, name_or_id: str) -> Report:
        """Return the report of this id or name; `NotFoundError` with the nearest name."""
        raise NotImplementedError

    async def list(
        self, actor: Actor, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Sequence[Report], str | None]:
        raise NotImplementedError

    async def preview(self, actor: Actor, fields: Mapping[str, Any]) -> Preview:
        """Say what would happen; wrong fields are problems, not errors. Nothing is stored."""
        raise NotImplementedError

    async def run(self, actor: Actor, report_id: str) -> ReportRun:
        """Run it now; return the pending run."""
        raise NotImplementedError

    async def run_many(
        self, actor: Actor, report_ids: Sequence[str]
    ) -> tuple[str, Sequence[ReportRun]]:
        """Run several; return the id of the bulk, whose progress is one message."""
        raise NotImplementedError

    async def runs(
        self, actor: Actor, report_id: str, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Sequence[ReportRun], str | None]:
        """Return the history, the newest first."""
        raise NotImplementedError

    async def result(self, actor: Actor, run_id: str, *, is_reader: bool = False) -> StoredResult:
        """
        Return what a run found. *is_reader*: the actor saw its message, which shows the rows.
        """
        raise NotImplementedError

    async def next_runs(self, actor: Actor, *, hours: float) -> Sequence[tuple[Report, datetime]]:
        raise NotImplementedError

    async def retry(self, actor: Actor, run_id: str) -> ReportRun:
        """Run a failed run's report again."""
        raise NotImplementedError

    async def recompute(self, actor: Actor, run_id: str) -> Recomputed:
        """Run the stored query again and compare."""
        raise NotImplementedError

    async def ask(self, actor: Actor, run_id: str, question: str) -> Answered:
        """Answer from the run's rows alone; whoever sees its message may ask."""
        raise NotImplementedError

    async def run_of_message(self, workspace_id: str, channel: str, ts: str) -> ReportRun | None:
        """Return the run that a message, or the parent of a thread, tells of."""
        raise NotImplementedError

"""What a report would do: its next runs, and its message from today's rows. Nothing is stored."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.clock import Clock
from bot.errors import FieldProblem, InvalidError, UnavailableError
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.reports.drafting.draft_reading import DraftRequest, Drafts, ReportDraft, fields_of
from bot.reports.drafting.questions import AskedSql, Questions
from bot.reports.drafting.schedule_fields import notes_on, previewed_runs
from bot.reports.drafting.send_conditions import ROWS, parse_condition, why_not
from bot.reports.models import Report, ReportRun, Trigger
from bot.reports.runs.execution import JudgesData, with_usage
from bot.reports.runs.presentation import Voice
from bot.reports.service_types import ReportPreview
from bot.scheduling.schedules import Schedule
from bot.sources.base import QueryError
from bot.sources.result import ResultTable

_UNNAMED = "Preview"
_NOT_JUDGED = (
    "Whether the data is complete cannot be told, so it is not waited for: that takes a day of the "
    "last week, and a table of a metric with a time column"
)


class Previews:
    """Draws previews with the drafts, the sources and the renderer of real runs."""

    def __init__(
        self,
        drafts: Drafts,
        questions: Questions,
        voice: Voice,
        renderer: Renderer,
        clock: Clock,
        seconds: float,
        is_judged: JudgesData,
    ) -> None:
        """Take what real runs use; a query that takes longer than *seconds* is not waited for."""
        self._drafts = drafts
        self._questions = questions
        self._voice = voice
        self._renderer = renderer
        self._clock = clock
        self._seconds = seconds
        self._is_judged = is_judged

    async def of(self, request: DraftRequest) -> ReportPreview:
        """Return what a draft would do; whatever is wrong is among its problems."""
        now = self._clock.now()
        draft = await self._drafts.read(request)
        problems = list(draft.problems)
        runs, notes = _timing(draft.schedule, now)
        rendered = None
        if draft.sql and draft.source is not None and draft.schedule is not None:
            try:
                async with asyncio.timeout(self._seconds):
                    table = await self._questions.rows(AskedSql(draft.source, draft.sql))
                    report = _unstored(draft, request, runs, now)
                    if draft.complete_by and not await self._is_judged(report, draft.source, now):
                        notes.append(_NOT_JUDGED)
            except TimeoutError:
                problems.append(FieldProblem("query", self._too_slow()))
            except (QueryError, UnavailableError, InvalidError) as error:
                problems.append(FieldProblem("query", str(error)))
            else:
                notes += _notes_on_sending(draft, table, problems)
                rendered = await self._rendered(report, table, now)
        return ReportPreview(runs, notes, draft.sql or None, rendered, problems)

    def _too_slow(self) -> str:
        return (
            f"takes longer than the {self._seconds:g} s that a preview waits; a run may take the "
            "source's timeout_seconds: ask for less, or save it and run it"
        )

    async def of_report(self, report: Report) -> ReportPreview:
        """Return what a stored report would do now."""
        request = DraftRequest(
            report.tenant, report.owner, True, report.workspace_id, fields_of(report)
        )
        return await self.of(request)

    async def _rendered(self, report: Report, table: ResultTable, now: datetime) -> Rendered:
        run = ReportRun(
            report_id=report.id,
            tenant=report.tenant,
            trigger=Trigger.MANUAL,
            due_at=now,
            created_at=now,
        )
        said = await self._voice.narrate(report, table, None, [])
        shown = with_usage(run, said.usage)
        drawn = await self._voice.show(
            report, shown, table, said, [], report.due_at, is_preview=True
        )
        content = drawn.content
        return await asyncio.to_thread(self._renderer.render, content.template, content.context)


def _timing(schedule: Schedule | None, now: datetime) -> tuple[Sequence[datetime], list[str]]:
    if schedule is None:
        return [], []
    runs = previewed_runs(schedule, now)
    return runs, notes_on(schedule, runs)


def _notes_on_sending(
    draft: ReportDraft, table: ResultTable, problems: list[FieldProblem]
) -> list[str]:
    if draft.send_if is None:
        return []
    condition = parse_condition(draft.send_if)
    try:
        reason = why_not(condition, table)
    except ValueError as error:
        problems.append(FieldProblem("send_if", str(error)))
        return []
    notes = [f"With today's rows it would be skipped: {reason}"] if reason else []
    if len(table.rows) > 1 and condition.name.casefold() != ROWS:
        notes.append(f"`{condition.name}` is compared in the first of {len(table.rows):,} rows")
    return notes


def _unstored(
    draft: ReportDraft, request: DraftRequest, runs: Sequence[datetime], now: datetime
) -> Report:
    columns = {**draft.columns(), "name": draft.name or _UNNAMED}
    due_at = runs[0] if runs else None
    return Report(tenant=request.tenant, **columns, due_at=due_at, created_at=now, changed_at=now)

"""Builds the services of reports, once, at the start."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db import Database
from bot.messages.rendering.renderer import Renderer
from bot.reports.drafting.draft_reading import Drafts
from bot.reports.drafting.questions import PlanQuestion, Questions, SourceRegistry
from bot.reports.drafting.slack_targets import Lookup, Places
from bot.reports.health import HealthCheck
from bot.reports.preview import Previews
from bot.reports.question_limit import QuestionLimit
from bot.reports.runs.due import DueReports
from bot.reports.runs.execution import Execution, JudgesData, MeasureData
from bot.reports.runs.presentation import Voice
from bot.reports.runs.retention import RunRetention
from bot.reports.runs.run_leases import RUN_LEASE
from bot.reports.runs.workers import RunWorkers
from bot.reports.service import Reports
from bot.reports.service_health import ReportStanding
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class ReportLimits:
    """What the settings say of all runs."""

    concurrent_runs: int = 4
    spread_seconds: float = 15
    kept_days: int = 30
    lease: timedelta = RUN_LEASE
    questions_per_hour: int = 30
    preview_seconds: float = 15  # an HTTP call has 20 for all it does


@dataclass(frozen=True)
class ReportParts:
    """What runs are made of: sources, the planner of questions, the analyst, completeness."""

    sources: SourceRegistry
    plan: PlanQuestion
    voice: Voice
    measure: MeasureData
    is_judged: JudgesData
    with_units: Callable[[ResultTable], ResultTable] = lambda table: table
    analyst: str = "builtin"


@dataclass(frozen=True)
class ReportRoom:
    """The services of reports."""

    reports: Reports
    due: DueReports
    workers: RunWorkers
    health: HealthCheck
    retention: RunRetention
    standing: ReportStanding

    async def tick(self) -> None:
        """Make runs of what is due, and begin those there is room for; they go on by themselves."""
        await self.due.take()
        await self.workers.start_ready()


def open_reports(
    database: Database,
    clock: Clock,
    renderer: Renderer,
    lookup: Lookup,
    parts: ReportParts,
    limits: ReportLimits,
    *,
    home: str = "",
    alerts_channel: Callable[[], Awaitable[str | None]] | None = None,
    workspaces_of: Callable[[str], Awaitable[Sequence[str]]],
    wake: Callable[[str], None],
) -> ReportRoom:
    """
    Return the services; *wake* tells a workspace's lane that something was committed for it.

    *alerts_channel* returns the id of the channel for alerts, which is in the workspace *home*.
    """

    async def fallback_of(workspace_id: str) -> str | None:
        return await alerts_channel() if alerts_channel and workspace_id == home else None

    questions = Questions(parts.sources, parts.plan, parts.with_units)
    places = Places(lookup, workspaces_of)
    drafts = Drafts(questions, places, clock)
    workers = RunWorkers(
        database,
        clock,
        Execution(database, clock, questions, parts.voice, parts.measure),
        wake,
        concurrent_runs=limits.concurrent_runs,
        lease=limits.lease,
    )
    reports = Reports(
        database,
        clock,
        drafts,
        questions,
        Previews(
            drafts,
            questions,
            parts.voice,
            renderer,
            clock,
            limits.preview_seconds,
            parts.is_judged,
        ),
        parts.voice,
        QuestionLimit(limits.questions_per_hour),
        start_ready=workers.start_ready,
        wake=wake,
    )
    due = DueReports(database, clock, limits.spread_seconds)
    return ReportRoom(
        reports,
        due,
        workers,
        HealthCheck(database, clock, questions, places, fallback_of, wake),
        RunRetention(database, clock, limits.kept_days),
        ReportStanding(parts.analyst, parts.sources.health, due, workers),
    )

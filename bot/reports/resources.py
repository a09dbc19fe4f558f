"""What reports are made of, as the settings say: sources, metrics, and the analyst."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.clock import Clock
from bot.db import Database
from bot.metrics.catalog import Metrics
from bot.reports.analysts.base import Mode, PlannedSql, Schema
from bot.reports.analysts.builtin import BUILTIN, BuiltinAnalyst
from bot.reports.analysts.factory import make_analyst
from bot.reports.drafting.questions import is_sql
from bot.reports.models import Report
from bot.reports.narration import Narration
from bot.reports.runs.execution import zone_name
from bot.reports.runs.presentation import Voice
from bot.reports.spending import DailySpending
from bot.reports.wiring import ReportLimits, ReportParts
from bot.settings import Settings
from bot.sources.base import Source
from bot.sources.completeness import Completeness
from bot.sources.registry import Sources
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class _Planning:
    """Questions in words: of the metrics first, then whatever the model makes of them."""

    metrics: Metrics
    narration: Narration

    async def plan(
        self, question: str, source: Source, timezone: str, now: datetime, mode: Mode | None
    ) -> PlannedSql:
        planned = await self.metrics.plan(question, source, timezone, now)
        if planned.sql is not None or mode is None or self.narration.analyst_name == BUILTIN:
            return PlannedSql(planned.sql, planned.missing)

        async def explore(sql: str) -> ResultTable:
            return await source.fetch(await source.check(sql))

        schema = Schema(
            source.name,
            source.dialect,
            await source.tables(),
            self.metrics.described(source.name),
            explore=explore if mode == "deep" else None,
        )
        return await self.narration.plan(question, schema)

    async def measure(self, report: Report, source: Source, now: datetime) -> Completeness | None:
        """Return how complete the day is that a report asks about."""
        return await self.metrics.completeness(
            _asked_text(report), source, zone_name(report), now, sql=report.sql
        )

    async def is_judged(self, report: Report, source: Source, now: datetime) -> bool:
        """Tell whether there is a day of which `measure` can say how complete it is."""
        found = await self.metrics.judged_day(
            _asked_text(report), source, zone_name(report), now, sql=report.sql
        )
        return found is not None


def _asked_text(report: Report) -> str:
    """Return the question, or the SELECT as it is run where the query is SQL."""
    return report.sql if is_sql(report.query) else report.query


def open_sources(settings: Settings, clock: Clock) -> Sources:
    """Return the sources of the settings; the caller closes them."""
    return Sources(settings.config.sources, database_url=settings.database_url, clock=clock)


def report_parts(
    settings: Settings, database: Database, clock: Clock, sources: Sources
) -> ReportParts:
    """Return the parts that the settings describe."""
    config = settings.config
    metrics = Metrics(config.metrics, config.sources)
    narration = _narration(settings, database, clock)
    planning = _Planning(metrics, narration)
    return ReportParts(
        sources=sources,
        plan=planning.plan,
        voice=Voice(narration, database, clock),
        measure=planning.measure,
        is_judged=planning.is_judged,
        with_units=metrics.with_units,
        analyst=narration.analyst_name,
    )


def report_limits(settings: Settings) -> ReportLimits:
    """Return what the settings say of all runs."""
    reports = settings.config.reports
    return ReportLimits(
        concurrent_runs=reports.concurrent_runs,
        spread_seconds=reports.spread_seconds,
        kept_days=settings.config.retention.days,
        questions_per_hour=reports.questions_per_hour,
    )


def _narration(settings: Settings, database: Database, clock: Clock) -> Narration:
    reports = settings.config.reports
    builtin = BuiltinAnalyst()
    analyst = make_analyst(
        settings, builtin, quick_model=reports.quick_model, deep_model=reports.deep_model
    )
    limit = reports.cost_limit_per_day
    spending = DailySpending(
        clock, limit=None if limit is None else Decimal(str(limit)), database=database
    )
    cache_for = timedelta(minutes=reports.cache_minutes)
    return Narration(analyst, builtin, clock, spending, cache_for=cache_for)

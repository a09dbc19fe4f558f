"""The metrics of the settings: questions planned over them, and the units of their columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.metrics.plan import MetricPlan
from bot.metrics.planner import plan_words
from bot.report_config import MetricSettings, SourceSettings, default_source
from bot.sources.base import Source
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class PlannedQuestion:
    """The SELECT that answers a question, and its plan; or what is missing for one."""

    sql: str | None
    plan: MetricPlan | None = None
    missing: str = ""


class Metrics:
    """Plans questions over `[metrics.*]`."""

    def __init__(
        self, metrics: Mapping[str, MetricSettings], sources: Mapping[str, SourceSettings]
    ) -> None:
        usual = default_source(sources)
        self._sources = {name: one.source or usual for name, one in metrics.items()}
        self._metrics = dict(metrics)

    def of_source(self, source: str) -> Mapping[str, MetricSettings]:
        """Return the metrics of a source by name."""
        return {name: one for name, one in self._metrics.items() if self._sources[name] == source}

    def described(self, source: str) -> Mapping[str, str]:
        """Return for each metric of a source what an analyst is told of it."""
        return {name: _description(one) for name, one in self.of_source(source).items()}

    async def plan(
        self, question: str, source: Source, timezone: str, now: datetime
    ) -> PlannedQuestion:
        """
        Return the SELECT that answers a question in words, without a model.

        Days are those of *timezone* at *now*. Raises `QueryError` if the source does not answer,
        `InvalidError` if a metric's own SQL is unreadable. The SELECT is yet to be checked.
        """
        today = now.astimezone(ZoneInfo(timezone)).date()
        planned = plan_words(question, self.of_source(source.name), today)
        if planned.plan is None:
            return PlannedQuestion(None, missing=planned.missing)
        return PlannedQuestion(await self.sql(planned.plan, source, timezone), planned.plan)

    async def sql(self, plan: MetricPlan, source: Source, timezone: str) -> str:
        """Return the SELECT of a plan over a metric of this source; raise what `plan` does."""
        # Loaded with the first question: sqlglot takes memory that not every bot needs.
        from bot.metrics.rendering import render_plan

        metric = self._metrics[plan.metric]
        tables = await source.tables() if metric.time else []
        has_zone = any(
            column.has_zone
            for table in tables
            if table.name.lower() == metric.table.lower().rpartition(".")[2]
            or table.name.lower() == metric.table.lower()
            for column in table.columns
            if column.name == metric.time
        )
        return render_plan(plan, metric, dialect=source.dialect, zone=timezone, has_zone=has_zone)

    def with_units(self, table: ResultTable) -> ResultTable:
        """Return a result whose columns named like a metric of its source have its unit."""
        known = self.of_source(table.source)
        columns = tuple(
            replace(one, unit=known[one.name].unit) if one.name in known else one
            for one in table.columns
        )
        return replace(table, columns=columns)


def _description(metric: MetricSettings) -> str:
    """Return what a metric is, in a line."""
    by = f"; by {', '.join(metric.dimensions)}" if metric.dimensions else ""
    time = f"; time: {metric.time}" if metric.time else ""
    unit = f" in {metric.unit}" if metric.unit else ""
    text = metric.description.strip().rstrip(".") or "a metric"
    return f"{text}{unit}: {metric.sql} from {metric.table}{by}{time}"

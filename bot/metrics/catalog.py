"""The metrics of the settings: questions planned over them, and the units of their columns."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.config_sections.reports import OWN_SOURCE, MetricSettings, SourceSettings, default_source
from bot.errors import InvalidError
from bot.metrics.own_metrics import own_metrics
from bot.metrics.plan import MetricPlan
from bot.metrics.planner import PlannedWords, plan_words
from bot.sources.base import QueryError, Source
from bot.sources.completeness import Completeness, judge_completeness, read_counts
from bot.sources.result import ColumnKind, ResultColumn, ResultTable

if TYPE_CHECKING:
    from bot.sources.time_columns import TimeColumn

#: Dimensions with more values are compared by name only.
_MAX_VALUES = 500
#: For how long values are looked up for a word that is not known; somebody may be waiting.
_LOOK_UP_SECONDS = 10.0
#: How long ago a day may be of which rows are still expected.
_JUDGED = timedelta(days=7)


@dataclass(frozen=True)
class PlannedQuestion:
    """The SELECT that answers a question, and its plan; or what is missing for one."""

    sql: str | None
    plan: MetricPlan | None = None
    missing: str = ""


@dataclass(frozen=True)
class JudgedDay:
    """A day whose rows may not all be there yet, and the metric whose rows they are."""

    metric: MetricSettings
    day: date


class Metrics:
    """Plans questions over `[metrics.*]`, and the bot's own where their names are free."""

    def __init__(
        self, metrics: Mapping[str, MetricSettings], sources: Mapping[str, SourceSettings]
    ) -> None:
        usual = default_source(sources)
        self._metrics = {**own_metrics(), **metrics}
        self._sources = {name: one.source or usual for name, one in self._metrics.items()}

    def source_of(self, metric: str) -> str | None:
        """Return the source that a metric is asked of."""
        return self._sources[metric]

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
        planned = await self._planned(question, source, today)
        if planned.plan is None:
            return PlannedQuestion(None, missing=planned.missing)
        return PlannedQuestion(await self.sql(planned.plan, source, timezone), planned.plan)

    async def sql(self, plan: MetricPlan, source: Source, timezone: str) -> str:
        """Return the SELECT of a plan over a metric of this source; raise what `plan` does."""
        # Loaded with the first question: sqlglot takes memory that not every bot needs.
        from bot.metrics.sql_rendering import render_plan

        metric = self._metrics[plan.metric]
        zoned = await _columns_with_zone(metric, source)
        has_zone = metric.time in zoned
        return render_plan(plan, metric, dialect=source.dialect, zone=timezone, has_zone=has_zone)

    async def completeness(
        self, asked: str, source: Source, timezone: str, now: datetime, *, sql: str = ""
    ) -> Completeness | None:
        """
        Return how complete the last day is that a question in words asks about.

        *sql* is what is run: it is judged where *asked* is SQL itself, or is planned by a model.
        None: `judged_day` finds none, or there is too little history. Raises `QueryError`, or
        `InvalidError` if the settings name a column that there is not.
        """
        # Loaded with the first question, as above.
        from bot.sources.completeness_sql import counting_sql

        judged = await self.judged_day(asked, source, timezone, now, sql=sql)
        if judged is None:
            return None
        at = now.astimezone(ZoneInfo(timezone))
        column, loaded = await _time_columns(judged.metric, source, timezone)
        if column is None:
            return None
        now_there = at.replace(tzinfo=None)
        counting = counting_sql(
            judged.metric.table, column, judged.day, loaded=loaded, at=now_there
        )
        found = await source.fetch(await source.check(counting))
        return judge_completeness(read_counts(found.rows, judged.day), judged.day, at)

    async def judged_day(
        self, asked: str, source: Source, timezone: str, now: datetime, *, sql: str = ""
    ) -> JudgedDay | None:
        """
        Return the last whole day that is asked about, and the metric whose rows are counted.

        None: the table is that of no metric with a time column, or the day is longer ago than rows
        arrive, or the data is the bot's own, which is always there. Raises what `completeness`
        does.
        """
        if source.name == OWN_SOURCE:
            return None
        today = now.astimezone(ZoneInfo(timezone)).date()
        plan = (await self._planned(asked, source, today)).plan if asked != sql else None
        if plan is None:
            return await self._judged_of_sql(sql, source, timezone, today) if sql else None
        metric = self._metrics[plan.metric]
        if metric.time is None or plan.period is None:
            return None
        day = min(plan.period.end, today) - timedelta(days=1)
        is_awaited = day >= max(plan.period.start, today - _JUDGED)
        return JudgedDay(metric, day) if is_awaited else None

    async def _judged_of_sql(
        self, sql: str, source: Source, timezone: str, today: date
    ) -> JudgedDay | None:
        """Return the last day that the conditions of a SELECT on a metric's time let in."""
        # Loaded with the first question, as above.
        from bot.metrics.asked_days import asked_days_sql

        days = [today - timedelta(days=ago) for ago in range(1, _JUDGED.days + 1)]
        known = [one for one in self.of_source(source.name).values() if one.time is not None]
        for metric in sorted(known, key=lambda one: one.loaded is None):
            column, _ = await _time_columns(metric, source, timezone)
            if column is None:
                continue
            probe = await asyncio.to_thread(asked_days_sql, sql, metric.table, column, days)
            if probe is not None:
                # A condition that cannot be tried alone only means that nothing is known.
                with contextlib.suppress(InvalidError, QueryError):
                    found = await source.fetch(await source.check(probe))
                    asked = [date.fromisoformat(str(cell)) for (cell,) in found.rows]
                    return JudgedDay(metric, max(asked)) if asked else None
        return None

    async def _planned(self, question: str, source: Source, today: date) -> PlannedWords:
        metrics = self.of_source(source.name)
        planned = plan_words(question, metrics, today)
        if planned.metric is not None:  # The word that nobody knows may be a value.
            values = await _known_values(metrics[planned.metric], source)
            planned = plan_words(question, metrics, today, values)
        return planned

    def with_units(self, table: ResultTable) -> ResultTable:
        """
        Return a result whose columns named like a metric of its source have its unit.

        A column that its query does not let add up has no total, whatever it is called.
        """
        # Loaded with the first question, as above.
        from bot.metrics.additivity import columns_not_added

        known = self.of_source(table.source)
        columns = [
            _as_metric(one, known[one.name]) if one.name in known else one for one in table.columns
        ]
        for index, one in enumerate(table.columns):
            if one.name in known and all(row[index] is None for row in table.rows):
                columns[index] = replace(columns[index], kind=ColumnKind.NUMBER)
        for index, reason in columns_not_added(table.sql).items():
            if index < len(columns):
                columns[index] = replace(columns[index], is_additive=False, not_added=reason)
        return replace(table, columns=tuple(columns))


def _as_metric(column: ResultColumn, metric: MetricSettings) -> ResultColumn:
    # Loaded with the first question, as above.
    from bot.metrics.sql_rendering import adds_up

    return replace(
        column,
        unit=metric.unit,
        is_additive=adds_up(metric.sql),
        is_low_better=metric.better == "low",
    )


async def _known_values(metric: MetricSettings, source: Source) -> dict[str, list[str]]:
    """Return the values of each dimension that has only some; of what takes too long, none."""
    # Loaded with the first question, as above.
    from bot.metrics.sql_rendering import render_values

    values: dict[str, list[str]] = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            for dimension in metric.dimensions:
                sql = render_values(metric, dimension, _MAX_VALUES + 1, dialect=source.dialect)
                # What is wrong with the metric is said when it is asked itself.
                with contextlib.suppress(InvalidError, QueryError):
                    found = await source.fetch(await source.check(sql))
                    if len(found.rows) <= _MAX_VALUES:
                        known = [value for (value,) in found.rows if isinstance(value, str)]
                        values[dimension] = known
    return values


async def _time_columns(
    metric: MetricSettings, source: Source, timezone: str
) -> "tuple[TimeColumn | None, TimeColumn | None]":
    """Return the column with the times of a metric, and that with when its rows were loaded."""
    # Loaded with the first question, as above.
    from bot.metrics.sql_rendering import time_column_of

    zoned = await _columns_with_zone(metric, source)
    column, loaded = (
        time_column_of(
            metric.model_copy(update={"time": name}),
            source.dialect,
            timezone,
            has_zone=name in zoned,
        )
        for name in (metric.time, metric.loaded)
    )
    return column, loaded


async def _columns_with_zone(metric: MetricSettings, source: Source) -> frozenset[str]:
    """Return the columns of a metric's table that hold times with a zone."""
    tables = await source.tables() if metric.time else []
    names = {metric.table.lower(), metric.table.lower().rpartition(".")[2]}
    return frozenset(
        column.name
        for table in tables
        if table.name.lower() in names
        for column in table.columns
        if column.has_zone
    )


def _description(metric: MetricSettings) -> str:
    """Return what a metric is, in a line."""
    by = f"; by {', '.join(metric.dimensions)}" if metric.dimensions else ""
    time = f"; time: {metric.time}" if metric.time else ""
    unit = f" in {metric.unit}" if metric.unit else ""
    text = metric.description.strip().rstrip(".") or "a metric"
    return f"{text}{unit}: {metric.sql} from {metric.table}{by}{time}"

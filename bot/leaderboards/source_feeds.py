"""Boards that ask a source: by a query of their own, or by metrics of `[metrics.*]`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.config_sections.leaderboards import WEEK_END, WEEK_START, Leaderboard
from bot.errors import InvalidError, UnavailableError
from bot.leaderboards.feeds import MeasuredWeek, SubjectValues
from bot.metrics.catalog import Metrics
from bot.metrics.plan import MetricPlan, Period
from bot.sources.base import QueryError
from bot.sources.registry import Sources
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class QueryFeed:
    """Runs the board's query; a row for each subject, a column for each of the board's."""

    board: Leaderboard
    sources: Sources

    @property
    def is_of_now(self) -> bool:
        """Tell whether the query says nothing of the week: its answer is that of today."""
        return not self.board.asks_for_week

    async def __call__(self, week: MeasuredWeek) -> Mapping[str, SubjectValues]:
        """Return the values by subject; raise `UnavailableError` with what is wrong."""
        first, after = _dates(self.board, week)
        query = self.board.query or ""
        sql = query.replace(WEEK_START, f"'{first}'").replace(WEEK_END, f"'{after}'")
        table = await _ask(self.sources, self.board.source, sql, week.tenant)
        return _values_of(self.board, table, [column.name for column in self.board.columns])


@dataclass(frozen=True)
class MetricFeed:
    """Asks for each column, which is a metric, by subject over the week."""

    board: Leaderboard
    sources: Sources
    metrics: Metrics

    is_of_now = False

    async def __call__(self, week: MeasuredWeek) -> Mapping[str, SubjectValues]:
        """Return the values by subject; raise `UnavailableError` with what is wrong."""
        first, after = _dates(self.board, week)
        found: dict[str, dict[str, float | None]] = {}
        for column in self.board.columns:
            plan = MetricPlan(
                column.name,
                period=Period(first, after, "the week"),
                dimensions=(self.board.subject,),
            )
            source = self.sources.get(self.metrics.source_of(column.name), week.tenant)
            try:
                sql = await self.metrics.sql(plan, source, self.board.timezone)
            except (QueryError, InvalidError) as error:
                raise UnavailableError(f"The metric `{column.name}`: {error}") from error
            table = await _ask(self.sources, source.name, sql, week.tenant)
            for subject, values in _values_of(self.board, table, [column.name]).items():
                found.setdefault(subject, {}).update(values)
        return found


def _dates(board: Leaderboard, week: MeasuredWeek) -> tuple[date, date]:
    """Return the Monday of the week in the board's zone, and the one after."""
    first = week.start.astimezone(ZoneInfo(board.timezone)).date()
    return first, first + timedelta(days=7)


async def _ask(sources: Sources, name: str | None, sql: str, tenant: str) -> ResultTable:
    try:
        source = sources.get(name, tenant)
        return await source.fetch(await source.check(sql))
    except (QueryError, InvalidError) as error:
        raise UnavailableError(f"The source `{name or 'opsbell'}`: {error}") from error


def _values_of(
    board: Leaderboard, table: ResultTable, names: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """Return the values of a result by subject; rows without a subject are nobody's."""
    places = {column.name.lower(): index for index, column in enumerate(table.columns)}
    missing = [one for one in (board.subject, *names) if one.lower() not in places]
    if missing:
        raise UnavailableError(
            f"The query returns no column `{missing[0]}`; it returns {', '.join(places)}."
        )
    found: dict[str, dict[str, float | None]] = {}
    for row in table.rows:
        cell = row[places[board.subject.lower()]]
        if cell is None:
            continue
        subject = str(cell)
        if subject in found:
            raise UnavailableError(
                f"The query returns `{subject[:100]}` more than once: group by the subject."
            )
        found[subject] = {name: _figure(name, row[places[name.lower()]]) for name in names}
    return found


def _figure(name: str, cell: object) -> float | None:
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        raise UnavailableError(f"The column `{name}` holds {str(cell)[:40]!r}, which is no number.")
    return float(cell)

"""A plan as SQL in any dialect, through sqlglot. Pure."""

from datetime import datetime, time

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from bot.config_sections.reports import MetricSettings
from bot.errors import FieldProblem, InvalidError
from bot.metrics.plan import DimensionFilter, FilterOperator, Grain, MetricPlan, Period
from bot.sources.portable_dates import with_sqlite_dates
from bot.sources.time_columns import TimeColumn, TimeKind


def render_plan(
    plan: MetricPlan,
    metric: MetricSettings,
    *,
    dialect: str,
    zone: str = "UTC",
    has_zone: bool = False,
) -> str:
    """
    Return the SELECT of a plan; its last column is the metric, named after it.

    *has_zone*: the time column holds times with a zone. They, and times of UTC, are divided by the
    days of *zone*; other dates and times are taken as they stand. Raises `InvalidError` if the
    metric's own SQL is unreadable.
    """
    value = exp.alias_(_aggregate(plan.metric, metric, dialect), plan.metric, quoted=True)
    keys: list[exp.Expr] = [_column_named(name) for name in plan.dimensions]
    query = exp.select().from_(exp.to_table(metric.table, dialect=dialect))
    time_column = time_column_of(metric, dialect, zone, has_zone=has_zone)
    bounds = _bounds(plan.period)
    if plan.grain is not None and time_column is not None:
        local = time_column.local(*(bounds or ()))
        period = exp.cast(exp.TimestampTrunc(this=local, unit=_unit(plan.grain, dialect)), "date")
        keys.insert(0, exp.alias_(period, plan.grain.value, quoted=True))
    query = query.select(*keys, value)
    if bounds is not None and time_column is not None:
        query = query.where(*time_column.within(*bounds))
    for one in plan.filters:
        query = query.where(_condition(one))
    if keys:
        query = query.group_by(*(exp.Literal.number(index + 1) for index in range(len(keys))))
        query = query.order_by(*_by_rank(plan, len(keys)))
    if plan.limit is not None:
        query = query.limit(plan.limit)
    portable = with_sqlite_dates(query) if dialect == "sqlite" else query
    return portable.sql(dialect)


def render_values(metric: MetricSettings, dimension: str, limit: int, *, dialect: str) -> str:
    """Return the SELECT of the first *limit* values of a dimension."""
    column = _column_named(dimension)
    query = (
        exp.select(exp.alias_(column, "value"))
        .distinct()
        .from_(exp.to_table(metric.table, dialect=dialect))
        .where(exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null())))
        .limit(limit)
    )
    return query.sql(dialect)


def adds_up(sql: str) -> bool:
    """
    Tell whether the values of an aggregate for some groups add up to that for all of them.

    Sums and counts do; averages, shares and counts of different things do not.
    """
    try:
        found = sqlglot.parse_one(f"SELECT {sql}").expressions[0].unalias()
    except (SqlglotError, IndexError):
        return False
    return _is_sum(found)


def _is_sum(node: exp.Expr) -> bool:
    match node:
        case exp.Paren() | exp.Neg() | exp.Coalesce():
            return _is_sum(node.this)
        case exp.Cast() if not node.is_type(*exp.DataType.INTEGER_TYPES):  # These round.
            return _is_sum(node.this)
        case exp.Add() | exp.Sub():
            return _is_sum(node.this) and _is_sum(node.expression)
        case exp.Mul() | exp.Div() if isinstance(node.expression, exp.Literal):
            return _is_sum(node.this)
        case exp.Mul() if isinstance(node.this, exp.Literal):
            return _is_sum(node.expression)
        case _:
            return isinstance(node, exp.Sum | exp.Count) and not isinstance(node.this, exp.Distinct)


def time_column_of(
    metric: MetricSettings, dialect: str, zone: str, *, has_zone: bool
) -> TimeColumn | None:
    """Return the column with the times of a metric, if it has one."""
    if metric.time is None:
        return None
    kind = TimeKind.INSTANT if has_zone else TimeKind.UTC if metric.utc else TimeKind.WALL
    return TimeColumn(metric.time, dialect, zone, kind)


def _bounds(period: Period | None) -> tuple[datetime, datetime] | None:
    if period is None:
        return None
    return datetime.combine(period.start, time()), datetime.combine(period.end, time())


def _unit(grain: Grain, dialect: str) -> exp.Var:
    is_sundays = dialect == "bigquery" and grain is Grain.WEEK  # Its WEEK begins on Sunday.
    return exp.var("ISOWEEK" if is_sundays else grain.upper())


def _aggregate(name: str, metric: MetricSettings, dialect: str) -> exp.Expr:
    try:
        found = sqlglot.parse_one(f"SELECT {metric.sql}", read=dialect)
    except SqlglotError as error:
        message = f"the sql of [metrics.{name}] cannot be read: {metric.sql}"
        raise InvalidError(message, [FieldProblem("query", message)]) from error
    value: exp.Expr = found.expressions[0].unalias()
    return value


def _column_named(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _condition(one: DimensionFilter) -> exp.Expr:
    """Compare without regard to case: people write `germany`."""
    column = exp.Lower(this=exp.cast(_column_named(one.dimension), "text"))
    values = [exp.Lower(this=exp.Literal.string(value)) for value in one.values]
    match one.comparison:
        case FilterOperator.EQUALS:
            return exp.EQ(this=column, expression=values[0])
        case FilterOperator.NOT_EQUALS:
            missing = exp.Is(this=_column_named(one.dimension), expression=exp.Null())
            return exp.Or(this=exp.NEQ(this=column, expression=values[0]), expression=missing)
        case FilterOperator.IN:
            return exp.In(this=column, expressions=values)


def _by_rank(plan: MetricPlan, keys: int) -> list[exp.Expr]:
    """By time where there is one; else by the metric, and what is equal by name."""
    places = [exp.Ordered(this=exp.Literal.number(index + 1)) for index in range(keys)]
    if plan.grain is not None and plan.limit is None:
        return [*places]
    value = exp.Ordered(
        this=exp.Literal.number(keys + 1), desc=plan.is_descending, nulls_first=False
    )
    return [value, *places]

"""Writes the query that tells which days a SELECT on a metric's table asks about. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from bot.sources.time_columns import TimeColumn, TimeKind

#: One within each day, and its first one for columns of dates; with a zone that is another day's.
_NOON, _MIDNIGHT = time(12), time()


def asked_days_sql(sql: str, table: str, column: TimeColumn, days: Sequence[date]) -> str | None:
    """
    Return a SELECT of those *days* that pass the conditions of *sql* on *column*.

    None: it does not read *table*. Only the database can tell: `CURRENT_DATE - 1` is its own.
    """
    try:
        query = sqlglot.parse_one(sql, read=column.dialect)
    except SqlglotError:
        return None
    probes = [
        exp.select("day")
        .from_(_day_samples(column, days).subquery("samples"))
        .where(*_conditions(select, alias, column))
        for select, alias in _readings(query, table)
    ]
    if not probes:
        return None
    whole = exp.union(*probes) if len(probes) > 1 else probes[0]
    return whole.sql(column.dialect)


def _readings(query: exp.Expr, table: str) -> Iterator[tuple[exp.Select, str]]:
    """Yield each SELECT that reads the table, and the table's alias in it."""
    made = {one.alias_or_name.lower() for one in query.find_all(exp.CTE)}
    for found in query.find_all(exp.Table):
        names = {found.name.lower(), f"{found.db}.{found.name}".lower()}
        select = found.find_ancestor(exp.Select)
        is_made = not found.db and found.name.lower() in made
        if select is not None and table.lower() in names and not is_made:
            yield select, found.alias_or_name.lower()


def _conditions(select: exp.Select, alias: str, column: TimeColumn) -> list[exp.Expr]:
    """Return the conditions of the SELECT that are about this column alone."""
    where = select.args.get("where")
    if where is None:
        return []
    whole = where.this.unnest()
    parts = whole.flatten() if isinstance(whole, exp.And) else [whole]
    return [_as_sampled(one, column) for one in parts if _restricts(one, alias, column)]


def _restricts(condition: exp.Expr, alias: str, column: TimeColumn) -> bool:
    columns = list(condition.find_all(exp.Column))
    return (
        bool(columns)
        and condition.find(exp.Query) is None
        and all(
            one.name.lower() == column.name.lower() and one.table.lower() in ("", alias)
            for one in columns
        )
    )


def _as_sampled(condition: exp.Expr, column: TimeColumn) -> exp.Expr:
    return condition.copy().transform(
        lambda node: column.named() if isinstance(node, exp.Column) else node
    )


def _day_samples(column: TimeColumn, days: Sequence[date]) -> exp.Query:
    """Return the SELECT of some moments of each day, as the column would hold them."""
    moments = [_NOON, _MIDNIGHT] if column.kind is TimeKind.WALL else [_NOON]
    samples = [
        exp.select(
            exp.alias_(exp.Literal.string(day.isoformat()), "day"),
            exp.alias_(column.moment(datetime.combine(day, moment)), column.name, quoted=True),
        )
        for day in days
        for moment in moments
    ]
    return exp.union(*samples, distinct=False)

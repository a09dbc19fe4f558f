"""Which columns of a query surely do not add up, whatever they are called. Pure."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from bot.sources.result import NotAdded

#: What does not change whether values add up.
_WRAPPERS = (exp.Paren, exp.Alias, exp.Neg, exp.Cast, exp.Round, exp.Coalesce)
_SUBTOTALS = (exp.Rollup, exp.Cube, exp.GroupingSets)


def columns_not_added(sql: str) -> dict[int, NotAdded]:
    """
    Return the indices of the columns that nobody may total, and why; none for unreadable *sql*.

    They are extremes, averages, counts of different things, quotients of aggregates and running
    sums; with ROLLUP and the like all are, for their rows hold totals already.
    """
    try:
        query = sqlglot.parse_one(sql)
    except SqlglotError:
        return {}
    if not isinstance(query, exp.Query):
        return {}
    selects = query.selects
    if any(query.find_all(*_SUBTOTALS)):
        return dict.fromkeys(range(len(selects)), NotAdded.SUBTOTAL)
    inner: dict[str, list[exp.Expr]] = {}
    for select in query.find_all(exp.Select):
        for one in select.selects:
            inner.setdefault(one.alias_or_name.lower(), []).append(one)
    found = {
        index: next(filter(None, map(_why_not_added, [one, *_meant_by(one, inner)])), None)
        for index, one in enumerate(selects)
    }
    return {index: reason for index, reason in found.items() if reason is not None}


def _meant_by(node: exp.Expr, inner: dict[str, list[exp.Expr]]) -> Iterator[exp.Expr]:
    """Yield what a column that a subquery names may stand for."""
    column = _unwrapped(node)
    if isinstance(column, exp.Column):
        yield from inner.get(column.name.lower(), ())


def _unwrapped(node: exp.Expr) -> exp.Expr:
    while isinstance(node, _WRAPPERS):
        node = node.this
    return node


def _why_not_added(node: exp.Expr) -> NotAdded | None:
    """Return why the values of an expression do not add up; None if they may."""
    found = _unwrapped(node)
    match found:
        case exp.Window():
            return NotAdded.RUNNING
        case exp.Count():
            return NotAdded.DISTINCT if isinstance(found.this, exp.Distinct) else None
        case exp.Sum():
            return None
        case exp.Div() | exp.SafeDivide():
            if found.expression.find(exp.AggFunc) is not None:
                return NotAdded.RATIO
            return _why_not_added(found.this)
        case exp.Mul() | exp.Add() | exp.Sub():
            return _why_not_added(found.this) or _why_not_added(found.expression)
        case _:
            return _of_aggregate(found)


def _of_aggregate(node: exp.Expr) -> NotAdded | None:
    if isinstance(node, exp.Avg):
        return NotAdded.AVERAGE
    if isinstance(node, exp.Max | exp.Min):
        return NotAdded.EXTREME
    return NotAdded.AGGREGATE if isinstance(node, exp.AggFunc) else None

"""Which columns of a query surely do not add up, whatever they are called. Pure."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

#: What does not change whether values add up.
_WRAPPERS = (exp.Paren, exp.Alias, exp.Neg, exp.Cast, exp.Round, exp.Coalesce)
_SUBTOTALS = (exp.Rollup, exp.Cube, exp.GroupingSets)


def columns_not_added(sql: str) -> frozenset[int]:
    """
    Return the indices of the columns that nobody may total; none if *sql* cannot be read.

    They are extremes, averages, counts of different things, quotients of aggregates and running
    sums; with ROLLUP and the like all are, for their rows hold totals already.
    """
    try:
        query = sqlglot.parse_one(sql)
    except SqlglotError:
        return frozenset()
    if not isinstance(query, exp.Query):
        return frozenset()
    selects = query.selects
    if any(query.find_all(*_SUBTOTALS)):
        return frozenset(range(len(selects)))
    inner: dict[str, list[exp.Expr]] = {}
    for select in query.find_all(exp.Select):
        for one in select.selects:
            inner.setdefault(one.alias_or_name.lower(), []).append(one)
    return frozenset(
        index
        for index, one in enumerate(selects)
        if any(map(_is_level, [one, *_meant_by(one, inner)]))
    )


def _meant_by(node: exp.Expr, inner: dict[str, list[exp.Expr]]) -> Iterator[exp.Expr]:
    """Yield what a column that a subquery names may stand for."""
    column = _unwrapped(node)
    if isinstance(column, exp.Column):
        yield from inner.get(column.name.lower(), ())


def _unwrapped(node: exp.Expr) -> exp.Expr:
    while isinstance(node, _WRAPPERS):
        node = node.this
    return node


def _is_level(node: exp.Expr) -> bool:
    """Tell whether an expression is an aggregate whose values do not add up."""
    found = _unwrapped(node)
    match found:
        case exp.Window():
            return True
        case exp.Count():
            return isinstance(found.this, exp.Distinct)
        case exp.Sum():
            return False
        case exp.Div() | exp.SafeDivide():
            return found.expression.find(exp.AggFunc) is not None or _is_level(found.this)
        case exp.Mul() | exp.Add() | exp.Sub():
            return _is_level(found.this) or _is_level(found.expression)
        case _:
            return isinstance(found, exp.AggFunc)

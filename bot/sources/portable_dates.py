"""
Dates of generic SQL as SQLite says them: `CURRENT_DATE - INTERVAL 1 DAY`, `DATE_TRUNC`, `EXTRACT`.

sqlglot writes these for SQLite as they are, and SQLite knows none of them. Pure.
"""

from sqlglot import exp

_DATE_MODIFIERS = {
    "second": ("seconds", 1),
    "minute": ("minutes", 1),
    "hour": ("hours", 1),
    "day": ("days", 1),
    "week": ("days", 7),
    "month": ("months", 1),
    "quarter": ("months", 3),
    "year": ("years", 1),
}
_PARTS = {
    "year": "%Y",
    "month": "%m",
    "day": "%d",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
    "doy": "%j",
    "dayofyear": "%j",
    "dow": "%w",
    "dayofweek": "%w",
    "epoch": "%s",
}
_CLOCK_UNITS = frozenset({"second", "minute", "hour"})


def with_sqlite_dates(query: exp.Query) -> exp.Query:
    """Return the query with each date computation that SQLite lacks in the words it has."""
    result = query.copy()
    for column in result.selects:  # What it is called stays as it was written.
        if not isinstance(column, exp.Alias | exp.Column | exp.Star):
            column.replace(exp.alias_(column.copy(), column.sql(), quoted=True))
    for node in reversed(list(result.walk())):  # What stands inside goes first.
        translated = _translated(node)
        if translated is not node:
            node.replace(translated)
    return result


def _translated(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.Add() | exp.Sub() if isinstance(node.expression, exp.Interval):
            sign = -1 if isinstance(node, exp.Sub) else 1
            return _shifted(node, node.this, node.expression, sign)
        case exp.DateAdd() | exp.DatetimeAdd() | exp.TimestampAdd() | exp.TsOrDsAdd():
            return _shifted(node, node.this, node, 1)
        case exp.DateSub() | exp.DatetimeSub() | exp.TimestampSub():
            return _shifted(node, node.this, node, -1)
        case exp.DateTrunc() | exp.TimestampTrunc() | exp.DatetimeTrunc():
            return _truncated(node)
        case exp.Extract():
            return _part(node, node.name, node.expression)
        case exp.Year() | exp.Month() | exp.Day():
            return _part(node, type(node).__name__, node.this)
        case _:
            return _without_strange_name(node)


def _without_strange_name(node: exp.Expr) -> exp.Expr:
    """Return what a function does that only other databases have."""
    if isinstance(node, exp.Anonymous):
        name = node.name.lower()
        if name == "now":
            return exp.CurrentTimestamp()
        if name == "date_part" and len(node.expressions) == 2:
            return _part(node, node.expressions[0].name, node.expressions[1])
    return node


def _shifted(node: exp.Expr, start: exp.Expr, by: exp.Expr, sign: int) -> exp.Expr:
    """Return `DATE(start, '-1 days')` for a fixed number of units; else the node as it is."""
    amount = by.this if isinstance(by, exp.Interval) else by.expression
    if isinstance(amount, exp.Interval):
        by, amount = amount, amount.this
    negative = isinstance(amount, exp.Neg)
    number = amount.this.name if negative else amount.name
    unit = str(by.text("unit") or "day").lower().removesuffix("s")
    if not number.isdigit() or unit not in _DATE_MODIFIERS:
        return node
    word, factor = _DATE_MODIFIERS[unit]
    count = int(number) * factor * sign * (-1 if negative else 1)
    function = "DATETIME" if unit in _CLOCK_UNITS or _has_clock(start) else "DATE"
    return exp.Anonymous(this=function, expressions=[start, _literal(f"{count:+d} {word}")])


def _has_clock(node: exp.Expr) -> bool:
    """Tell whether a value has a time of day, as far as can be seen."""
    return isinstance(node, exp.CurrentTimestamp) or (
        isinstance(node, exp.Anonymous) and str(node.this) == "DATETIME"
    )


def _truncated(node: exp.Expr) -> exp.Expr:
    """Return the first day of the period, as a date, or the begin of the hour or minute."""
    unit = node.text("unit").lower()
    match unit:
        case "day":
            return _call("DATE", node.this)
        case "week":  # The Monday: the Sunday after it, or this one, less six days.
            return _call("DATE", node.this, "weekday 0", "-6 days")
        case "month" | "year":
            return _call("DATE", node.this, f"start of {unit}")
        case "quarter":
            month = exp.paren(
                _as_number("%m", node.this.copy()) - exp.Literal.number(1), copy=False
            )
            back = exp.DPipe(
                this=_literal("-"),
                expression=exp.DPipe(
                    this=exp.paren(exp.Mod(this=month, expression=exp.Literal.number(3))),
                    expression=_literal(" months"),
                ),
            )
            begin = _call("DATE", node.this, "start of month")
            begin.append("expressions", back)
            return begin
        case "hour" | "minute":
            form = "%Y-%m-%d %H:00:00" if unit == "hour" else "%Y-%m-%d %H:%M:00"
            return exp.Anonymous(this="STRFTIME", expressions=[_literal(form), node.this])
        case _:
            return node


def _part(node: exp.Expr, name: str, value: exp.Expr) -> exp.Expr:
    part = name.lower()
    if part == "quarter":
        months = exp.paren(_as_number("%m", value) + exp.Literal.number(2), copy=False)
        return exp.paren(exp.Div(this=months, expression=exp.Literal.number(3), typed=True))
    return _as_number(_PARTS[part], value) if part in _PARTS else node


def _as_number(form: str, value: exp.Expr) -> exp.Expr:
    text = exp.Anonymous(this="STRFTIME", expressions=[_literal(form), value])
    return exp.cast(text, "INTEGER")


def _call(function: str, value: exp.Expr, *modifiers: str) -> exp.Anonymous:
    return exp.Anonymous(this=function, expressions=[value, *map(_literal, modifiers)])


def _literal(value: str) -> exp.Literal:
    return exp.Literal.string(value)

"""A moment as the column of a database compares with it. Pure."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlglot import exp


def compared_moment(at: datetime, dialect: str, zone: str | None) -> exp.Expr:
    """
    Return a wall time as a literal of a dialect.

    With a *zone* the column holds instants, else wall times or dates as they stand.
    """
    if zone is not None:
        aware = at.replace(tzinfo=ZoneInfo(zone))
        return exp.cast(exp.Literal.string(aware.isoformat(" ")), "timestamptz")
    is_day = at.time() == time()
    text = exp.Literal.string(str(at.date()) if is_day else at.isoformat(" ", "seconds"))
    # SQLite keeps dates as text, which sorts as they do.
    return text if dialect == "sqlite" else exp.cast(text, "date" if is_day else "timestamp")

"""The query that counts the rows of a day and of the same weekdays before, in any dialect. Pure."""

from datetime import date, datetime, timedelta

from sqlglot import exp

from bot.sources.completeness import HISTORY_WEEKS
from bot.sources.moments import compared_moment


def counting_sql(
    table: str,
    column: str,
    day: date,
    *,
    dialect: str,
    zone: str | None = None,
    loaded: str | None = None,
    at: datetime | None = None,
) -> str:
    """
    Return the SELECT that counts the rows of a day and of the weekdays before; `read_counts` reads.

    *zone*: the columns hold instants, and this zone has the days. *loaded* is the column with the
    time at which a row was loaded, and *at* the wall time now.
    """
    counts: list[exp.Select] = []
    for ago in range(HISTORY_WEEKS + 1):
        back = timedelta(weeks=ago)
        begin = datetime.combine(day, datetime.min.time()) - back
        moments = [begin, begin + timedelta(days=1)]
        first, end = (compared_moment(one, dialect, zone) for one in moments)
        then: exp.Expr = exp.Null()
        if loaded is not None and at is not None:
            hour = compared_moment(at.replace(second=0, microsecond=0) - back, dialect, zone)
            is_there = exp.LT(this=exp.column(loaded, quoted=True), expression=hour)
            then = exp.Count(this=exp.Case().when(is_there, exp.Literal.number(1)))
        whole = exp.select(
            exp.alias_(exp.Literal.number(ago), "weeks_ago"),
            exp.alias_(exp.Count(this=exp.Star()), "rows_now"),
            exp.alias_(then, "rows_then"),
        )
        named = exp.column(column, quoted=True)
        counts.append(
            whole.from_(exp.to_table(table, dialect=dialect)).where(
                exp.GTE(this=named, expression=first),
                exp.LT(this=named.copy(), expression=end),
            )
        )
    return exp.union(*counts, distinct=False).sql(dialect)

"""The query that counts the rows of a day and of the same weekdays before, in any dialect. Pure."""

from datetime import date, datetime, time, timedelta

from sqlglot import exp

from bot.sources.completeness import HISTORY_WEEKS
from bot.sources.time_columns import TimeColumn


def counting_sql(
    table: str,
    column: TimeColumn,
    day: date,
    *,
    loaded: TimeColumn | None = None,
    at: datetime | None = None,
) -> str:
    """
    Return the SELECT that counts the rows of a day and of the weekdays before; `read_counts` reads.

    *loaded* is the column with the time at which a row was loaded, and *at* the wall time now.
    """
    counts: list[exp.Select] = []
    for ago in range(HISTORY_WEEKS + 1):
        back = timedelta(weeks=ago)
        begin = datetime.combine(day, time()) - back
        then: exp.Expr = exp.Null()
        if loaded is not None and at is not None:
            hour = loaded.moment(at.replace(second=0, microsecond=0) - back)
            is_there = exp.LT(this=loaded.named(), expression=hour)
            then = exp.Count(this=exp.Case().when(is_there, exp.Literal.number(1)))
        whole = exp.select(
            exp.alias_(exp.Literal.number(ago), "weeks_ago"),
            exp.alias_(exp.Count(this=exp.Star()), "rows_now"),
            exp.alias_(then, "rows_then"),
        )
        from_table = whole.from_(exp.to_table(table, dialect=column.dialect))
        counts.append(from_table.where(*column.within(begin, begin + timedelta(days=1))))
    return exp.union(*counts, distinct=False).sql(column.dialect)

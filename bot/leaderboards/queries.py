"""
What is read and written of samples. SQL picks the latest values; only the shown ones are loaded.

Subjects are found by jumping from one to the next in the primary key, so that a ranking takes time
by the number of subjects, and hardly by the number of their samples.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Subquery, and_, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.leaderboards.models import LeaderboardSample
from bot.leaderboards.samples import Sample
from bot.sql.tables import table_of

_TABLE = table_of(LeaderboardSample)


@dataclass(frozen=True)
class Span:
    """The samples of one column from *start* up to, but without, *end*."""

    board: str
    measure: str
    start: datetime
    end: datetime
    is_high_better: bool = True

    def of(self, measure: str) -> "Span":
        """Return the same span of another column."""
        return Span(self.board, measure, self.start, self.end)


@dataclass(frozen=True)
class _Latest:
    """The latest sample of a subject."""

    subject: str
    value: float | None
    at: datetime


def store_samples(session: Session, board: str, samples: Iterable[Sample]) -> None:
    """Insert samples; what was known of the same subject and time is replaced."""
    rows = [
        {"board": board, "measure": name, "subject": one.subject, "at": one.at, "value": value}
        for one in samples
        for name, value in one.values.items()
    ]
    if rows:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        insert = sqlite.insert(_TABLE) if is_sqlite else postgresql.insert(_TABLE)
        keys = [column.name for column in _TABLE.primary_key.columns]
        value = {"value": insert.excluded.value}
        session.execute(insert.on_conflict_do_update(index_elements=keys, set_=value), rows)


def replace_samples(session: Session, board: str, at: datetime, samples: Sequence[Sample]) -> None:
    """Make *samples* all that is known of a board at a time."""
    session.execute(delete(_TABLE).where(_TABLE.c.board == board, _TABLE.c.at == at))
    store_samples(session, board, samples)


def has_samples(session: Session, board: str, at: datetime) -> bool:
    """Tell whether anything is known of a board at a time."""
    query = select(_TABLE.c.subject).where(_TABLE.c.board == board, _TABLE.c.at == at).limit(1)
    return session.execute(query).first() is not None


@dataclass(frozen=True)
class WeekOfSubjects:
    """The best subjects of a week with their ranks in the one before, and who is missing now."""

    leaders: dict[str, int | None]  # the best first
    missing: list[str]
    subjects: int  # how many have a value


def week_of(
    session: Session, current: Span, before: Span, top: int, max_missing: int
) -> WeekOfSubjects:
    """Return the *top* best of a week, and the best of those that had a value only before."""
    placed = _placed(current, before)
    is_leader = and_(placed.c.value.is_not(None), placed.c.place <= top)
    is_missing = and_(
        placed.c.value.is_(None), placed.c.earlier.is_not(None), placed.c.gap <= max_missing
    )
    query = select(placed).where(is_leader | is_missing).order_by(placed.c.place)
    rows = session.execute(query).all()
    gone = sorted((row for row in rows if row.value is None), key=lambda row: row.gap)
    return WeekOfSubjects(
        leaders={
            row.subject: row.earlier_rank if row.earlier is not None else None
            for row in rows
            if row.value is not None
        },
        missing=[row.subject for row in gone],
        subjects=rows[0].subjects if rows else 0,
    )


def _placed(current: Span, before: Span) -> Subquery:
    """
    Return the query for each subject's values of two weeks, and its places by them.

    It goes through the subjects once; on PostgreSQL each further time takes a quarter of a second
    for 10,000 of them.
    """
    subjects = _all_subjects(current, "all")
    values = select(
        subjects.c.subject,
        _newest_value(current, subjects, "current").label("value"),
        _newest_value(before, subjects, "before").label("earlier"),
    )
    # Materialized, or a planner looks each value up wherever it is named.
    both = values.where(subjects.c.subject.is_not(None)).cte("both").prefix_with("MATERIALIZED")
    by_value = _order(current, both.c.value).nulls_last()
    by_earlier = _order(before, both.c.earlier).nulls_last()
    over = func.row_number().over
    return select(
        both,
        over(order_by=[by_value, both.c.subject]).label("place"),
        over(partition_by=both.c.value.is_(None), order_by=[by_earlier, both.c.subject]).label(
            "gap"
        ),
        func.rank().over(order_by=by_earlier).label("earlier_rank"),
        func.count(both.c.value).over().label("subjects"),
    ).subquery()


def ranks_of(session: Session, span: Span, subjects: Sequence[str]) -> dict[str, int]:
    """Return which of the subjects had which rank among all."""
    latest = _latest(span, "ranked")
    rank = func.rank().over(order_by=_order(span, latest.c.value))
    ranked = select(latest.c.subject, rank.label("rank")).where(latest.c.value.is_not(None))
    within = ranked.subquery()
    query = select(within).where(within.c.subject.in_(subjects))
    return {row.subject: row.rank for row in session.execute(query)}


def latest_of(session: Session, span: Span, subject: str) -> _Latest | None:
    """Return a subject's latest sample in the span."""
    query = _samples(span, subject).where(_TABLE.c.at >= span.start, _TABLE.c.at < span.end)
    return _first(session, query.order_by(_TABLE.c.at.desc()), subject)


def nearest_to(
    session: Session, span: Span, subject: str, moment: datetime, tolerance: timedelta
) -> _Latest | None:
    """Return a subject's sample nearest to a moment, of two equally near ones the later."""
    query = _samples(span, subject)
    within = query.where(_TABLE.c.at >= moment, _TABLE.c.at <= moment + tolerance)
    later = _first(session, within.order_by(_TABLE.c.at), subject)
    within = query.where(_TABLE.c.at < moment, _TABLE.c.at >= moment - tolerance)
    earlier = _first(session, within.order_by(_TABLE.c.at.desc()), subject)
    found = [one for one in (later, earlier) if one is not None]
    return min(found, key=lambda one: abs(one.at - moment), default=None)


def _first(session: Session, query: Any, subject: str) -> _Latest | None:
    row = session.execute(query.limit(1)).first()
    return _Latest(subject, row.value, row.at) if row else None


def _samples(span: Span, subject: str) -> Any:
    return select(_TABLE.c.value, _TABLE.c.at).where(
        _TABLE.c.board == span.board,
        _TABLE.c.measure == span.measure,
        _TABLE.c.subject == subject,
    )


def _order(span: Span, value: ColumnElement[Any]) -> ColumnElement[Any]:
    return value.desc() if span.is_high_better else value.asc()


def _latest(span: Span, name: str) -> Subquery:
    """Return the query for (subject, value): each subject's latest value, NULL without one."""
    subjects = _all_subjects(span, name)
    query = select(subjects.c.subject, _newest_value(span, subjects, name).label("value"))
    return query.where(subjects.c.subject.is_not(None)).subquery(name)


def _all_subjects(span: Span, name: str) -> CTE:
    """Return the query for all subjects, and one NULL at the end."""
    table, following = _TABLE.alias(f"{name}_first"), _TABLE.alias(f"{name}_next")
    first = select(func.min(table.c.subject).label("subject")).where(_of(span, table))
    subjects = first.cte(f"{name}_all_subjects", recursive=True)
    # Not MIN: the index gives the next one at once, whatever else a planner thinks of.
    after = (
        select(following.c.subject)
        .where(_of(span, following), following.c.subject > subjects.c.subject)
        .order_by(following.c.subject)
        .limit(1)
        .scalar_subquery()
    )
    return subjects.union_all(select(after).where(subjects.c.subject.is_not(None)))


def _newest_value(span: Span, subjects: CTE, name: str) -> ScalarSelect[Any]:
    """Return the expression for a subject's latest value in the span."""
    newest = _TABLE.alias(f"{name}_row")
    return (
        select(newest.c.value)
        .where(
            _of(span, newest),
            newest.c.subject == subjects.c.subject,
            newest.c.at >= span.start,
            newest.c.at < span.end,
        )
        .order_by(newest.c.at.desc())
        .limit(1)
        .scalar_subquery()
    )


def _of(span: Span, table: Any) -> ColumnElement[bool]:
    return and_(table.c.board == span.board, table.c.measure == span.measure)

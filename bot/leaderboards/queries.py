"""
What is read and written of samples. SQL picks the latest values; only the shown ones are loaded.

Subjects are found by jumping from one to the next in the primary key, so that a ranking takes time
by the number of subjects, and hardly by the number of their samples.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, delete, func, select
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


def leaders(session: Session, span: Span, limit: int) -> tuple[list[str], int]:
    """Return the subjects with the best latest values, the best first, and how many have any."""
    latest = _latest(span, "current")
    query = select(latest.c.subject, func.count().over().label("all"))
    query = query.where(latest.c.value.is_not(None))
    query = query.order_by(_order(span, latest.c.value), latest.c.subject).limit(limit)
    rows = session.execute(query).all()
    return [subject for subject, _ in rows], rows[0][1] if rows else 0


def ranks_of(session: Session, span: Span, subjects: Sequence[str]) -> dict[str, int]:
    """Return which of the subjects had which rank among all."""
    latest = _latest(span, "ranked")
    rank = func.rank().over(order_by=_order(span, latest.c.value))
    ranked = select(latest.c.subject, rank.label("rank")).where(latest.c.value.is_not(None))
    within = ranked.subquery()
    query = select(within).where(within.c.subject.in_(subjects))
    return {row.subject: row.rank for row in session.execute(query)}


def missing(session: Session, now: Span, before: Span, limit: int) -> list[str]:
    """Return who had a value before and has none now, the best of them first."""
    latest, earlier = _latest(now, "current"), _latest(before, "earlier")
    joined = earlier.outerjoin(latest, latest.c.subject == earlier.c.subject)
    query = select(earlier.c.subject).select_from(joined)
    query = query.where(earlier.c.value.is_not(None), latest.c.value.is_(None))
    query = query.order_by(_order(before, earlier.c.value), earlier.c.subject).limit(limit)
    return list(session.execute(query).scalars())


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
    table, following, newest = (_TABLE.alias(f"{name}_{part}") for part in ("first", "next", "row"))
    first = select(func.min(table.c.subject).label("subject")).where(_of(span, table))
    subjects = first.cte(f"{name}_subjects", recursive=True)
    # Not MIN: the index gives the next one at once, whatever else a planner thinks of.
    after = (
        select(following.c.subject)
        .where(_of(span, following), following.c.subject > subjects.c.subject)
        .order_by(following.c.subject)
        .limit(1)
        .scalar_subquery()
    )
    subjects = subjects.union_all(select(after).where(subjects.c.subject.is_not(None)))
    value = (
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
    query = select(subjects.c.subject, value.label("value"))
    return query.where(subjects.c.subject.is_not(None)).subquery(name)


def _of(span: Span, table: Any) -> ColumnElement[bool]:
    return and_(table.c.board == span.board, table.c.measure == span.measure)

"""From stored samples to a board's ranking, and to one subject's history."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.config_sections.leaderboards import Leaderboard
from bot.leaderboards import queries
from bot.leaderboards.queries import Span
from bot.leaderboards.ranking import Measured, RankedSubject, Ranking, is_comparable, ranked
from bot.leaderboards.weeks import Week

#: What the trend compares with: the sample nearest to seven days earlier, this far from it at most.
_TREND_SPAN = timedelta(days=7)
TREND_TOLERANCE = timedelta(days=2)
_MAX_MISSING = 100
_HISTORY_WEEKS = 52


@dataclass(frozen=True)
class WeekValue:
    """A subject's values of a week; None where it has none."""

    week: Week
    values: dict[str, float | None]


@dataclass(frozen=True)
class History:
    """A subject's last 52 weeks, the oldest first, and where it stands in the newest of them."""

    name: str
    board: Leaderboard
    subject: str
    current: Week
    at: datetime
    weeks: tuple[WeekValue, ...]
    standing: RankedSubject | None


def _span_of(name: str, board: Leaderboard, week: Week) -> Span:
    """Return the samples of a week that decide the ranks."""
    zone, by = ZoneInfo(board.timezone), board.ranking_column
    return Span(name, by.name, week.start(zone), week.end(zone), by.better == "high")


def compute_ranking(
    session: Session, name: str, board: Leaderboard, week: Week, now: datetime
) -> Ranking:
    """Return a board's ranking of a week, as far as the samples are there."""
    current, before = _span_of(name, board, week), _span_of(name, board, week.previous)
    found = queries.week_of(session, current, before, board.top, _MAX_MISSING)
    measured = _measured(session, board, week, current, found.leaders, now)
    return Ranking(
        name=name,
        board=board,
        week=week,
        generated_at=now,
        rows=ranked(measured, board.ranking_column),
        missing=tuple(found.missing),
        subjects=found.subjects,
    )


def compute_history(
    session: Session, name: str, board: Leaderboard, subject: str, week: Week, now: datetime
) -> History | None:
    """Return what is known of a subject up to a week; None if nothing is."""
    current, before = _span_of(name, board, week), _span_of(name, board, week.previous)
    weeks = []
    at = week
    for _ in range(_HISTORY_WEEKS):
        weeks.append(WeekValue(at, _values(session, board, _span_of(name, board, at), subject)))
        at = at.previous
    known = [bool([one for one in each.values.values() if one is not None]) for each in weeks]
    if True not in known:
        return None
    standing = None
    rank = queries.ranks_of(session, current, [subject]).get(subject)
    if rank is not None:
        earlier = queries.ranks_of(session, before, [subject]).get(subject)
        measured = _measured(session, board, week, current, {subject: earlier}, now)
        standing = replace(ranked(measured, board.ranking_column)[0], rank=rank)
    first = len(known) - known[::-1].index(True)
    return History(name, board, subject, week, now, tuple(reversed(weeks[:first])), standing)


def _measured(
    session: Session,
    board: Leaderboard,
    week: Week,
    current: Span,
    earlier_ranks: Mapping[str, int | None],
    now: datetime,
) -> list[Measured]:
    has_trend = is_comparable(board, week, now)
    return [
        Measured(
            subject,
            _values(session, board, current, subject),
            _earlier(session, current, subject) if has_trend else None,
            earlier_rank,
        )
        for subject, earlier_rank in earlier_ranks.items()
    ]


def _values(
    session: Session, board: Leaderboard, span: Span, subject: str
) -> dict[str, float | None]:
    found = {
        column.name: queries.latest_of(session, span.of(column.name), subject)
        for column in board.columns
    }
    return {name: latest.value if latest else None for name, latest in found.items()}


def _earlier(session: Session, span: Span, subject: str) -> float | None:
    latest = queries.latest_of(session, span, subject)
    if latest is None:
        return None
    moment = latest.at - _TREND_SPAN
    earlier = queries.nearest_to(session, span, subject, moment, TREND_TOLERANCE)
    return earlier.value if earlier else None

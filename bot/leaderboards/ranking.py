"""The one computed table that post, files and API are made of. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.config_sections.leaderboards import Leaderboard, LeaderboardColumn
from bot.leaderboards.formats import percent_of, shown_difference
from bot.leaderboards.weeks import Week

#: Beyond, the earlier value was as good as nothing.
_MAX_GROWTH = 1e9


@dataclass(frozen=True)
class Trend:
    """By how much the ranking value differs from the one of seven days earlier."""

    value: float
    percent: float


@dataclass(frozen=True)
class Measured:
    """A subject's values of a week, and what they are compared with."""

    subject: str
    values: Mapping[str, float | None]
    earlier: float | None = None  # its ranking value seven days earlier
    previous_rank: int | None = None


@dataclass(frozen=True)
class RankedSubject:
    """One line of a board."""

    rank: int
    previous_rank: int | None
    subject: str
    values: Mapping[str, float | None]
    trend: Trend | None
    is_new: bool

    @property
    def climbed(self) -> int:
        """Return by how many ranks it rose since last week; below zero: it fell."""
        return self.previous_rank - self.rank if self.previous_rank else 0


@dataclass(frozen=True)
class Ranking:
    """A board's week: the best subjects, those who left, and how many there are at all."""

    name: str
    board: Leaderboard
    week: Week
    generated_at: datetime
    rows: tuple[RankedSubject, ...]
    missing: tuple[str, ...]
    subjects: int

    @property
    def columns(self) -> list[LeaderboardColumn]:
        """Return the columns, the one that decides first."""
        by = self.board.ranking_column
        return [by, *(column for column in self.board.columns if column is not by)]

    def figures(self) -> dict[str, Any]:
        """Return everything but the time: what the API says, and what tells tables apart."""
        return {
            "name": self.name,
            "week": str(self.week),
            "columns": [
                {
                    "name": column.name,
                    "label": column.heading,
                    "format": column.format,
                    "better": column.better,
                }
                for column in self.board.columns
            ],
            "rows": [_row_json(row) for row in self.rows],
            "missing": list(self.missing),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the table as API and file show it."""
        figures = self.figures()
        at = self.generated_at.isoformat()
        return {"name": figures["name"], "week": figures["week"], "generated_at": at, **figures}


def _row_json(row: RankedSubject) -> dict[str, Any]:
    """Return a line as API and file show it."""
    trend = {"value": row.trend.value, "percent": row.trend.percent} if row.trend else None
    return {
        "rank": row.rank,
        "previous_rank": row.previous_rank,
        "subject": row.subject,
        "values": dict(row.values),
        "trend": trend,
        "is_new": row.is_new,
    }


def ranked(measured: Sequence[Measured], by: LeaderboardColumn) -> tuple[RankedSubject, ...]:
    """
    Return the lines of the best subjects, all of which have a ranking value.

    Equal values share a rank and the next ranks are skipped: 1, 2, 2, 4.
    """

    def value_of(one: Measured) -> float:
        return one.values[by.name] or 0.0

    sign = -1 if by.better == "high" else 1
    order = sorted(measured, key=lambda one: (sign * value_of(one), one.subject))
    rows: list[RankedSubject] = []
    for place, one in enumerate(order, start=1):
        is_tied = bool(rows) and value_of(order[place - 2]) == value_of(one)
        rows.append(
            RankedSubject(
                rank=rows[-1].rank if is_tied else place,
                previous_rank=one.previous_rank,
                subject=one.subject,
                values=one.values,
                trend=trend_of(value_of(one), one.earlier),
                is_new=one.previous_rank is None,
            )
        )
    return tuple(rows)


def is_comparable(board: Leaderboard, week: Week, now: datetime) -> bool:
    """
    Tell whether a week's figures can be compared with earlier ones.

    What adds up over a week cannot be compared with a whole week until it is over.
    """
    return not board.measures_weeks or now >= week.end(ZoneInfo(board.timezone))


def trend_of(value: float, earlier: float | None) -> Trend | None:
    """Return the trend; None where nothing, or nothing but zero, is there to compare with."""
    if not earlier:
        return None
    change = shown_difference(value, earlier)
    if abs(change) > abs(earlier) * _MAX_GROWTH:
        return None
    return Trend(change, percent_of(change, earlier))

"""
Whether a day's rows are all there: compared with the same weekdays before. Pure.

A database does not tell when the rest arrives. Where rows have the time at which they were loaded,
each earlier day tells how much of it was there at this hour; without it, only how many rows a whole
day has can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from bot.sources.result import Cell

#: Weeks to compare with; of fewer than three nothing is usual.
HISTORY_WEEKS = 8
_MIN_WEEKS = 3
#: What may be missing of the least that is usual: counts vary from week to week.
_TOLERATED_PERCENT = 5.0


@dataclass(frozen=True)
class DayCount:
    """How many rows a day has, and how many it had at the hour that is asked about."""

    day: date
    rows: int
    rows_then: int | None = None  # None: rows do not say when they were loaded


@dataclass(frozen=True)
class Completeness:
    """How much of a day is there, and how much usually is; in per cent of a whole day."""

    percent: float
    usual_low: float
    usual_high: float
    is_whole: bool
    words: str  # `2026-11-27 is 61 % loaded at 09:00 (usually 98 to 100 %)`


def judge_completeness(counts: Sequence[DayCount], day: date, at: datetime) -> Completeness | None:
    """
    Return how complete a day is at a wall time; None where there is too little history.

    *counts* are of the day and of the same weekdays before it.
    """
    earlier = [one for one in counts if one.day < day and one.rows > 0]
    if len(earlier) < _MIN_WEEKS:
        return None
    rows = next((one.rows for one in counts if one.day == day), 0)
    usual = median(one.rows for one in earlier)
    shares = [
        100 * one.rows / usual if one.rows_then is None else 100 * one.rows_then / one.rows
        for one in earlier
    ]
    percent, low, high = 100 * rows / usual, min(shares), max(shares)
    shown = f"{low:.0f} %" if round(low) == round(high) else f"{low:.0f} to {high:.0f} %"
    return Completeness(
        percent,
        low,
        high,
        is_whole=percent >= low - _TOLERATED_PERCENT,
        words=f"{day.isoformat()} is {percent:.0f} % loaded at {at:%H:%M} (usually {shown})",
    )


def read_counts(rows: Sequence[Sequence[Cell]], day: date) -> list[DayCount]:
    """Return the counts that the rows of `completeness_sql.counting_sql` say."""
    return [
        DayCount(
            day - timedelta(weeks=int(str(ago))),
            int(str(now)),
            None if then is None else int(str(then)),
        )
        for ago, now, then in rows
    ]

"""How long the periods of a result are, and from when on they are not whole. Pure."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.config_sections.reports import OWN_SOURCE
from bot.sources.result import Cell, ResultTable

#: From the shortest on.
_LENGTHS = ("hour", "day", "week", "month", "quarter", "year")
_MONTHS_LONG = {"month": 1, "quarter": 3, "year": 12}
#: Older periods do not tell how long the latest ones are.
_READ_PERIODS = 60
_MONTH_TEXT = re.compile(r"(\d{4})-(\d\d)")
_WEEK_TEXT = re.compile(r"(\d{4})-W(\d\d)")
_QUARTER_TEXT = re.compile(r"(\d{4})-?Q([1-4])")
#: `"ordered_at" < '2026-10-01'`, also as a date or a timestamp: no later rows were asked for.
_LOWER_BOUND = re.compile(r">=\s*(?:CAST\()?'(\d{4}-\d\d-\d\d)(?:[ T]00:00:00)?'", re.IGNORECASE)
_UPPER_BOUND = re.compile(r"<\s*(?:CAST\()?'(\d{4}-\d\d-\d\d)(?:[ T]00:00:00)?'", re.IGNORECASE)


@dataclass(frozen=True)
class PeriodSteps:
    """The length of the periods, if they have one, and whether the last two are neighbours."""

    grain: str = ""
    is_neighbour: bool = False
    is_last_whole: bool = True
    is_first_whole: bool = True
    has_gaps: bool = False  # between periods of which there are rows

    @property
    def before(self) -> str:
        """Return what the last period is compared with: `the day before`, if that is the length."""
        return f"the {self.grain if self.is_neighbour else 'period'} before"

    @property
    def last(self) -> str:
        """Return what people call the last period: `latest month`."""
        return f"latest {self.grain or 'period'}"


def read_steps(table: ResultTable, time: int | None, today: date | None) -> PeriodSteps:
    """
    Return the steps of a column of times.

    The last period is not whole if it ends after *today* has begun, or after the date up to which
    the query asks; nor is the first, if it begins before the date from which on it does.
    Whether an hour is over is known if *today* is a moment: one on the wall of the report.
    """
    if time is None:
        return PeriodSteps()
    moment = today if isinstance(today, datetime) else None
    today = moment.date() if moment else today
    cells = [row[time] for row in table.rows]
    begins = sorted({begin for cell in cells if (begin := _begin_of(cell)) is not None})
    gaps = [_grain_between(*pair) for pair in itertools.pairwise(begins[-_READ_PERIODS:])]
    known = [one for one in gaps if one]
    if not known:
        return PeriodSteps()
    grain = min(known, key=_LENGTHS.index)
    last = begins[-1].date()
    bounds = [date.fromisoformat(one) for one in _UPPER_BOUND.findall(table.sql)]
    limits = [one for one in (today, *bounds) if one is not None and (one == today or one > last)]
    is_whole = all(_end_of(last, grain) <= limit for limit in limits)
    first = begins[0].date()
    starts = [date.fromisoformat(one) for one in _LOWER_BOUND.findall(table.sql)]
    is_cut = any(first < one < _end_of(first, grain) for one in starts)
    has_gaps = any(_grain_between(*pair) != grain for pair in itertools.pairwise(begins))
    if grain == "hour":
        end = begins[-1] + timedelta(hours=1)
        is_whole = moment is None or end <= _wall_of(cells, table, moment)
    return PeriodSteps(grain, gaps[-1] == grain, is_whole, not is_cut, has_gaps)


def _wall_of(cells: Sequence[Cell], table: ResultTable, moment: datetime) -> datetime:
    """Return what the clock showed by which the cells are written, when they were read."""
    utc = table.fetched_at.astimezone(UTC).replace(tzinfo=None)
    if any(isinstance(cell, datetime) and cell.tzinfo is not None for cell in cells):
        return utc  # So they arrive.
    return min(utc, moment) if table.source == OWN_SOURCE else moment


def _begin_of(cell: Cell) -> datetime | None:
    """Return when a period begins, on its own wall."""
    match cell:
        case datetime():
            return cell.replace(tzinfo=None)
        case date():
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
        case bool():
            return None
        case int():
            return datetime(cell, 1, 1) if 1 <= cell <= 9999 else None  # noqa: DTZ001
        case str():
            return _begin_in_text(cell)
        case _:
            return None


def _begin_in_text(text: str) -> datetime | None:
    try:
        if month := _MONTH_TEXT.fullmatch(text):
            return datetime(int(month[1]), int(month[2]), 1)  # noqa: DTZ001
        if week := _WEEK_TEXT.fullmatch(text):
            monday = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return datetime(monday.year, monday.month, monday.day)  # noqa: DTZ001
        if quarter := _QUARTER_TEXT.fullmatch(text):
            return datetime(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)  # noqa: DTZ001
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _grain_between(old: datetime, new: datetime) -> str:
    gap = new - old
    if gap == timedelta(hours=1) and not old.minute:
        return "hour"
    if old.time() != new.time() or old.hour or old.minute or old.second:
        return ""
    days = {1: "day", 7: "week"}
    if gap.days in days:
        return days[gap.days]
    return next(
        (
            grain
            for grain, count in _MONTHS_LONG.items()
            if old.day == 1
            and (old.month - 1) % count == 0
            and _later(old.date(), count) == new.date()
        ),
        "",
    )


def _end_of(begin: date, grain: str) -> date:
    if grain in _MONTHS_LONG:
        return _later(begin.replace(day=1), _MONTHS_LONG[grain])
    return begin + timedelta(days=7 if grain == "week" else 1)


def _later(begin: date, months: int) -> date:
    """Return the first day of the month that many months later."""
    number = begin.year * 12 + begin.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)

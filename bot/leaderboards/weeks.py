"""ISO weeks on the wall of a time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import total_ordering
from typing import Self
from zoneinfo import ZoneInfo

from bot.errors import FieldProblem, InvalidError

_WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")
#: Beyond, zones have no rules and dates no end.
_YEARS = range(2000, 2101)
_DAYS = timedelta(days=7)


@total_ordering
@dataclass(frozen=True)
class Week:
    """A week of the ISO calendar: it begins on Monday, and belongs to the year of its Thursday."""

    year: int
    number: int

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> Self:
        """Return the week in which the zone's calendar has *instant*."""
        year, number, _ = instant.astimezone(zone).date().isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the week written as `2026-W47`; raise `InvalidError` if there is no such week."""
        match = _WRITTEN.fullmatch(text.strip().upper())
        year, number = (int(match[1]), int(match[2])) if match else (0, 0)
        if year not in _YEARS:
            raise _no_week("write a year from 2000 to 2100 and a week, such as 2026-W47")
        try:
            date.fromisocalendar(year, number, 1)
        except ValueError as error:
            last = date(year, 12, 28).isocalendar().week  # Always in the last week.
            raise _no_week(f"{year} has the weeks W01 to W{last}") from error
        return cls(year, number)

    @property
    def monday(self) -> date:
        """Return its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def previous(self) -> Self:
        """Return the week before."""
        return self._away(-_DAYS)

    @property
    def following(self) -> Self:
        """Return the week after."""
        return self._away(_DAYS)

    def start(self, zone: ZoneInfo) -> datetime:
        """Return its first moment, as aware UTC."""
        return datetime.combine(self.monday, time(), zone).astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the first moment after it, as aware UTC."""
        return self.following.start(zone)

    def _away(self, days: timedelta) -> Self:
        year, number, _ = (self.monday + days).isocalendar()
        return type(self)(year, number)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"

    def __lt__(self, other: Self) -> bool:
        return (self.year, self.number) < (other.year, other.number)


def _no_week(fix: str) -> InvalidError:
    return InvalidError(f"There is no such week: {fix}.", [FieldProblem("week", fix)])

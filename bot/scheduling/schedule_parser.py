"""
Reads schedules that people and programs write; refuses them with the field and the fix.

Two forms: the fields of a request (`parse_schedule`) and one line (`parse_schedule_line`).
"""

import calendar
import difflib
import functools
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, Literal
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError

from bot.errors import FieldProblem, InvalidError
from bot.scheduling.schedules import (
    CRON_NAMES,
    LAST_DAY,
    WEEKDAYS,
    Frequency,
    Schedule,
    expand_cron,
)

_MAX_CRON_CHARACTERS = 200
_CRON_FIELDS = {
    "minute": "0-59",
    "hour": "0-23",
    "day of month": "1-31",
    "month": "1-12 or jan-dec",
    "day of week": "0-7 or sun-sat",
}
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
#: From where a cron must fire within CronSim's 50 years.
_SOME_WALL_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def parse_schedule(
    *,
    timezone: Any,
    frequency: Any = None,
    time: Any = None,
    day_of_week: Any = None,
    day_of_month: Any = None,
    cron: Any = None,
) -> Schedule:
    """
    Return the schedule that a request describes; None is a field that was left out.

    Raises `InvalidError` with a problem for each wrong field.
    """
    parser = _Parser()
    zone = parser.timezone(timezone)
    given = {
        "frequency": frequency,
        "time": time,
        "day_of_week": day_of_week,
        "day_of_month": day_of_month,
    }
    if cron is not None:
        for field, value in given.items():
            if value is not None and (field, value) != ("frequency", "cron"):
                parser.refuse(field, "leave it out: a cron stands alone")
        line = parser.cron(cron)
        parser.finish()
        return Schedule(Frequency.CRON, zone, cron=line)
    kind = parser.frequency(frequency)
    at = parser.time(time)
    days = parser.days_of_week(day_of_week, kind)
    day = parser.day_of_month(day_of_month, kind)
    parser.finish()
    return Schedule(kind, zone, at=at, days_of_week=days, day_of_month=day)


def parse_schedule_line(line: str, timezone: str, *, field: str = "schedule") -> Schedule:
    """
    Return the schedule of one line: `mon 09:00`, `mon,thu 09:00`, `daily 09:00`, or a cron.

    Raises `InvalidError` whose problems name *field* and `timezone`.
    """
    parser = _Parser(field)
    zone = parser.timezone(timezone)
    days, _, at = line.strip().partition(" ")
    if not _looks_like_days(days):
        cron = parser.cron(line)
        parser.finish()
        return Schedule(Frequency.CRON, zone, cron=cron)
    when = parser.time(at.strip())
    if days.lower() == Frequency.DAILY:
        parser.finish()
        return Schedule(Frequency.DAILY, zone, at=when)
    chosen = parser.days_of_week(days.split(","), Frequency.WEEKLY)
    parser.finish()
    return Schedule(Frequency.WEEKLY, zone, at=when, days_of_week=chosen)


def parse_time(text: Any) -> time:
    """Return the wall time of `09:00`; raise `ValueError` with the fix."""
    match = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    hour, minute = (int(match[1]), int(match[2])) if match else (-1, -1)
    if hour not in range(24) or minute not in range(60):
        raise ValueError("write a time from 00:00 to 23:59, such as 09:00")
    return time(hour, minute)


def parse_timezone(name: Any) -> str:
    """Return the name of an IANA zone as it is spelt; raise `ValueError` with the fix."""
    zones = _zones_by_lower_name()
    text = name.strip() if isinstance(name, str) else ""
    if text.lower() in zones:
        return zones[text.lower()]
    close = difflib.get_close_matches(text.lower()[:100], zones, n=1)
    if not text:
        raise ValueError("is missing: write a time zone such as Europe/Berlin or UTC")
    hint = f"did you mean {zones[close[0]]}?" if close else "write one such as Europe/Berlin or UTC"
    raise ValueError(f"there is no such time zone: {hint}")


def parse_cron(text: Any) -> str:
    """Return the cron, with single spaces; raise `ValueError` with the field and the fix."""
    if not isinstance(text, str) or not text.isascii() or len(text) > _MAX_CRON_CHARACTERS:
        raise ValueError("write five fields, such as `0 9 * * mon-fri`")
    line = " ".join(text.split())
    if line.startswith("@") and line.lower() not in CRON_NAMES:
        raise ValueError(f"write five fields or one of {', '.join(CRON_NAMES)}")
    parts = expand_cron(line).split()
    if len(parts) != len(_CRON_FIELDS):
        wanted = ", ".join(_CRON_FIELDS)
        raise ValueError(f"write five fields, not {len(parts)}: {wanted}")
    for number, (name, values) in enumerate(_CRON_FIELDS.items()):
        alone = ["*"] * len(parts)
        alone[number] = parts[number]
        if not _fires(" ".join(alone)):
            raise ValueError(
                f"`{parts[number]}` is no {name}: write {values}, `*`, 1-5, 1,5 or */5"
            )
    if not _fires(" ".join(parts)):
        raise ValueError("there is no such day in any year: change the day or the month")
    return line


class _Parser:
    """Reads fields one by one and keeps their problems, so that all are reported together."""

    def __init__(self, field: str | None = None) -> None:
        self._field = field  # the one field that all of it was written in
        self._problems: list[FieldProblem] = []

    def refuse(self, field: str, fix: str) -> None:
        name = field if self._field is None or field == "timezone" else self._field
        self._problems.append(FieldProblem(name, fix))

    def finish(self) -> None:
        """Raise `InvalidError` if anything was refused."""
        if self._problems:
            told = "; ".join(f"{problem.field}: {problem.message}" for problem in self._problems)
            raise InvalidError(f"The schedule cannot be used: {told}.", self._problems)

    def timezone(self, value: Any) -> str:
        try:
            return parse_timezone(value)
        except ValueError as error:
            self.refuse("timezone", str(error))
            return "UTC"

    def cron(self, value: Any) -> str:
        try:
            return parse_cron(value)
        except ValueError as error:
            self.refuse("cron", str(error))
            return ""

    def time(self, value: Any) -> time:
        try:
            return parse_time(value)
        except ValueError as error:
            self.refuse("time", str(error))
            return time()

    def frequency(self, value: Any) -> Frequency:
        """Return the frequency; CRON, which has no further fields, stands for a wrong one."""
        known = (Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY)
        if value in known:
            return Frequency(value)
        self.refuse("frequency", f"write {', '.join(known)}, or a cron instead")
        return Frequency.CRON

    def days_of_week(self, value: Any, frequency: Frequency) -> tuple[str, ...]:
        if frequency != Frequency.WEEKLY:
            if value is not None and frequency != Frequency.CRON:
                self.refuse("day_of_week", "leave it out, or make the frequency weekly")
            return ()
        days = _weekdays([value] if isinstance(value, str) else value)
        if not days:
            self.refuse("day_of_week", f"write one or a list of {', '.join(WEEKDAYS)}")
        return days

    def day_of_month(self, value: Any, frequency: Frequency) -> int | Literal["last"]:
        if frequency != Frequency.MONTHLY:
            if value is not None and frequency != Frequency.CRON:
                self.refuse("day_of_month", "leave it out, or make the frequency monthly")
        elif type(value) is int and value in range(1, 32):
            return value
        elif value != LAST_DAY:
            self.refuse("day_of_month", f"write a day from 1 to 31, or {LAST_DAY}")
        return LAST_DAY


def _weekdays(value: Any) -> tuple[str, ...]:
    """Return the days in the order of the week, or nothing if one of them is none."""
    if not isinstance(value, Sequence) or not all(isinstance(day, str) for day in value):
        return ()
    names = {day.lower(): short for day, short in zip(calendar.day_name, WEEKDAYS, strict=True)}
    days = {names.get(day.strip().lower(), day.strip().lower()) for day in value}
    return tuple(day for day in WEEKDAYS if day in days) if days <= set(WEEKDAYS) else ()


def _looks_like_days(word: str) -> bool:
    first = word.split(",")[0].lower()
    return first.isalpha()


def _fires(cron: str) -> bool:
    try:
        return next(CronSim(cron, _SOME_WALL_TIME), None) is not None
    except CronSimError:
        return False


@functools.cache
def _zones_by_lower_name() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}

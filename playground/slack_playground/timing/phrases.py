"""A time as people say it: `in 15 minutes`, `tomorrow at 9am`, `every Thursday`."""

import re
from datetime import datetime, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_DAY_SECONDS = 86_400
_MORNING = 9
_SPAN = re.compile(r"in (an?|\d{1,4}) (second|minute|hour|day|week)s?")
_CLOCK = re.compile(r"(?:at )?(\d{1,2})(?::(\d{2}))? ?(am|pm)?")
_NUMBER = re.compile(r"\d{1,12}")


class UnclearTimeError(Exception):
    """The words name no time."""


def read_time(said: str, now: datetime) -> tuple[datetime, bool]:
    """
    Return when that is, in the zone of `now`, and whether it repeats.

    Digits are seconds from now within a day, else a Unix timestamp. A day without a time means
    nine in the morning. Raises UnclearTimeError.
    """
    words = " ".join(said.lower().split())
    if _NUMBER.fullmatch(words):
        number = int(words)
        if number <= _DAY_SECONDS:
            return now + timedelta(seconds=number), False
        return _timestamp(number, now), False
    span = _SPAN.fullmatch(words)
    if span is not None:
        count = 1 if span[1] in ("a", "an") else int(span[1])
        return now + timedelta(seconds=count * _UNITS[span[2]]), False
    repeats = words.startswith("every ")
    return _moment(words.removeprefix("every "), now), repeats


def _timestamp(number: int, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(number, now.tzinfo)
    except (OverflowError, ValueError, OSError):
        raise UnclearTimeError from None


def _moment(words: str, now: datetime) -> datetime:
    """Return the next such moment: a day with or without a time of day, or a time alone."""
    first, _, rest = words.removeprefix("on ").partition(" ")
    days = _days_ahead(first, rest, now)
    if days is None:
        at = _time_of_day(words, now)
        return at if at > now else at + timedelta(days=1)
    rest = rest.removeprefix("week").strip()
    day = now + timedelta(days=days)
    return _time_of_day(rest, day) if rest else _time_of_day(str(_MORNING), day)


def _days_ahead(first: str, rest: str, now: datetime) -> int | None:
    if first in ("tomorrow", "day"):
        return 1
    if first == "next" and rest.startswith("week"):
        return 7 - now.weekday()
    if first in _DAYS:
        return (_DAYS.index(first) - now.weekday() - 1) % 7 + 1
    return None


def _time_of_day(words: str, day: datetime) -> datetime:
    found = _CLOCK.fullmatch(words)
    if found is None:
        raise UnclearTimeError
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise UnclearTimeError
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    try:
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise UnclearTimeError from None

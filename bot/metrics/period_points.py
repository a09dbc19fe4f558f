"""Days, months, quarters and years that a question names: `5 May`, `October last year`. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.metrics.plan import Grain

MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTH_NAMES) + "|sept"
_ISO_DAY = r"\d{4}-\d\d-\d\d"
_ORDINALS = ("first", "second", "third", "fourth")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_YEAR_GROUPS = ("year", "yearq", "yearn", "yearfirst")
_PLAUSIBLE_YEAR = r"(?:19|20|21)\d\d"


@dataclass(frozen=True)
class PeriodPoint:
    """The dates from *start* up to, but without, *end*; *is_open* if no year is named."""

    start: date
    end: date
    words: str
    is_open: bool = False


def begin_of(day: date, grain: Grain) -> date:
    """Return the first day of the period around a day; weeks begin on Monday."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return day - timedelta(days=day.weekday())
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return date(day.year, day.month - (day.month - 1) % 3, 1)
        case Grain.YEAR:
            return date(day.year, 1, 1)


def shift(begin: date, grain: Grain, count: int) -> date:
    """Return the begin of the period *count* periods later than the one that begins so."""
    if grain is Grain.DAY or grain is Grain.WEEK:
        return begin + timedelta(days=count * (1 if grain is Grain.DAY else 7))
    months = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain] * count
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    return date(year, month + 1, 1)


def point_pattern(key: str) -> str:
    """Return the pattern of a point; its groups end with *key*."""

    def group(name: str, pattern: str) -> str:
        return f"(?P<{name}_{key}>{pattern})"

    year = f"(?:,? (?:of |in )?{group('year', f'{_PLAUSIBLE_YEAR}|(?:the )?(?:last|this) year')})?"
    day = r"\d\d?(?:st|nd|rd|th)?"
    return "|".join(
        (
            group("iso", _ISO_DAY),
            f"{group('numbered', f'{_PLAUSIBLE_YEAR}-(?:0[1-9]|1[0-2])')}",
            group("relative", "today|yesterday"),
            f"(?:{group('day', day)} (?:of )?)?{group('month', f'(?:last )?(?:{MONTH})')}"
            rf"\.?(?: (?:the )?{group('behind', day)}(?!\d))?{year}",
            f"(?:q|quarter ){group('quarter', '[1-4]')}{_other_year(key, 'q')}",
            f"{group('nth', '|'.join(_ORDINALS))} quarter{_other_year(key, 'n')}",
            f"{group('yearfirst', _PLAUSIBLE_YEAR)}[ -]q{group('then', '[1-4]')}",
            group("only", _PLAUSIBLE_YEAR),
        )
    )


def _other_year(key: str, kind: str) -> str:
    return (
        rf"(?:[ -](?:of |in )?(?P<year{kind}_{key}>{_PLAUSIBLE_YEAR}|(?:the )?(?:last|this) year))?"
    )


def read_point(match: re.Match[str], key: str, today: date) -> PeriodPoint:
    """Return the point of a match; without a year it is the latest that has begun."""
    found = {
        name.removesuffix(f"_{key}"): text
        for name, text in match.groupdict().items()
        if text is not None and name.endswith(f"_{key}")
    }
    if "iso" in found:
        return _day_point(date.fromisoformat(found["iso"]))
    if "relative" in found:
        return _day_point(today - timedelta(days=found["relative"] == "yesterday"))
    if "numbered" in found:
        return month_point(_year_of(found["numbered"][:4]), int(found["numbered"][5:]))
    if "only" in found:
        year = _year_of(found["only"])
        return PeriodPoint(date(year, 1, 1), date(year + 1, 1, 1), str(year))
    named = next((found[one] for one in _YEAR_GROUPS if one in found), None)
    year_named = None if named is None else _named_year(named, today)
    if "month" in found:
        return _in_month(found, year_named, today)
    number = found.get("quarter") or found.get("then")
    quarter = int(number) if number else _ORDINALS.index(found["nth"]) + 1
    latest = today.year - (quarter * 3 - 2 > today.month)
    begin = date(year_named or latest, quarter * 3 - 2, 1)
    end = shift(begin, Grain.QUARTER, 1)
    return PeriodPoint(begin, end, f"Q{quarter} {begin.year}", year_named is None)


def month_point(year: int, month: int, *, is_open: bool = False) -> PeriodPoint:
    """Return a month."""
    begin = date(year, month, 1)
    return PeriodPoint(begin, shift(begin, Grain.MONTH, 1), f"{begin:%Y-%m}", is_open)


def earlier_year(point: PeriodPoint) -> PeriodPoint:
    """Return the same point of the year before."""
    start, end = (one.replace(year=one.year - 1) for one in (point.start, point.end))
    return PeriodPoint(start, end, f"{start.isoformat()}")


def _in_month(found: dict[str, str], year: int | None, today: date) -> PeriodPoint:
    """Return a month, or a day of it."""
    name = found["month"].removeprefix("last ")
    month = [one[:3] for one in MONTH_NAMES].index(name[:3]) + 1
    days = [found[one] for one in ("day", "behind") if one in found]
    if len(days) > 1:
        raise ValueError("it has two days")
    if not days:
        is_past = name != found["month"]
        latest = today.year - (month > today.month - is_past)
        return month_point(year or latest, month, is_open=year is None)
    number = int(re.sub(r"\D", "", days[0]))
    latest = today.year - ((month, number) > (today.month, today.day))
    day = date(year or latest, month, number)
    return PeriodPoint(day, day + timedelta(days=1), day.isoformat(), year is None)


def _day_point(day: date) -> PeriodPoint:
    return PeriodPoint(day, day + timedelta(days=1), day.isoformat())


def _named_year(text: str, today: date) -> int:
    if text.endswith("year"):
        return today.year - ("last" in text)
    return _year_of(text)


def _year_of(text: str) -> int:
    year = int(text)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"years go from {_FIRST_YEAR} to {_LAST_YEAR}")
    return year

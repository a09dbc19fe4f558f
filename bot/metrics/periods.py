"""Periods in words: `last week`, `in October`, `Q3 2026`, `between 3 and 10 May`. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.metrics.period_points import (
    MONTH,
    PeriodPoint,
    begin_of,
    earlier_year,
    point_pattern,
    read_point,
    shift,
)
from bot.metrics.plan import Grain, Period

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        start=1,
    )
}
_HOW_MANY = r"\d{1,4}|" + "|".join(_NUMBER_WORDS)
_UNIT = "day|week|month|quarter|year"
_UNIT_LETTERS = {
    "d": Grain.DAY,
    "w": Grain.WEEK,
    "m": Grain.MONTH,
    "q": Grain.QUARTER,
    "y": Grain.YEAR,
}
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HALVES = {"h1": 1, "first half": 1, "h2": 7, "second half": 7}
_DAYS_UP_TO_NOW = {Grain.WEEK: 7, Grain.MONTH: 30, Grain.QUARTER: 90, Grain.YEAR: 365}
#: Before a date; `from` is none of them, because it may mean `since`.
_IN = r"(?:in |for |during |of |on )?(?:the )?"
#: Before what is counted from today.
_IN_RELATIVE = r"(?:in |for |during |of |over |from |on )?(?:the )?"
_UP_TO = r" ?(?: and | to | until | till | through | thru |-|\u2013) ?"
_DAY_OF_MONTH = r"\d\d?(?:st|nd|rd|th)?"


class UnclearPeriodError(ValueError):
    """A period is named that there is not; the message says why."""


@dataclass(frozen=True)
class FoundPeriod:
    """A period, and where in the question its words stand."""

    period: Period
    start: int
    end: int
    text: str  # the words of the question


def find_periods(question: str, today: date) -> Iterator[FoundPeriod]:
    """Yield the periods that a question in small letters names; `UnclearPeriodError` for none."""
    taken: list[tuple[int, int]] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(question):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            try:
                start, end, words = read(match, today)
            except (ValueError, OverflowError) as error:
                raise UnclearPeriodError(f"`{match[0].strip()}` is no period: {error}") from None
            if end <= start:
                raise UnclearPeriodError(f"`{match[0].strip()}` ends before it begins")
            yield FoundPeriod(Period(start, end, words), *match.span(), match[0].strip())


def compared_periods(one: Period, other: Period) -> tuple[Period, Grain] | None:
    """Return two periods of one kind that follow each other as one, and their kind; else None."""
    first, last = sorted((one, other), key=lambda period: period.start)
    grain = calendar_grain(first)
    if grain is None or calendar_grain(last) is not grain or first.end != last.start:
        return None
    return Period(first.start, last.end, f"{last.words} and {first.words}"), grain


def period_before(period: Period) -> Period | None:
    """Return the calendar period before one; None if it is none."""
    grain = calendar_grain(period)
    if grain is None:
        return None
    start = shift(period.start, grain, -1)
    return Period(start, period.start, f"the {grain} before")


def calendar_grain(period: Period) -> Grain | None:
    """Return of which kind a whole calendar period is; None if it is none."""
    for grain in Grain:
        begins = begin_of(period.start, grain) == period.start
        if begins and shift(period.start, grain, 1) == period.end:
            return grain
    return None


_Read = tuple[date, date, str]


def _yesterday_or_today(match: re.Match[str], today: date) -> _Read:
    ago = {"today": 0, "yesterday": 1}.get(match["day"], 2)
    day = today - timedelta(days=ago)
    return day, day + timedelta(days=1), match["day"]


def _last_weekday(match: re.Match[str], today: date) -> _Read:
    """Read `last Tuesday`: the latest one before today."""
    number = _WEEKDAY_NAMES.index(match["weekday"])
    day = today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    return day, day + timedelta(days=1), day.isoformat()


def _calendar(match: re.Match[str], today: date) -> _Read:
    """Read `last week`; `past week` may be that, or the last seven days."""
    grain = Grain(match["unit"])
    if match["which"] == "past" and grain is not Grain.DAY:
        days = _DAYS_UP_TO_NOW[grain]
        raise ValueError(f"write `last {grain}`, or `last {days} days` for those before today")
    begin = begin_of(today, grain)
    if match["which"] not in ("this", "current"):
        return shift(begin, grain, -1), begin, f"last {grain}"
    return begin, shift(begin, grain, 1), f"this {grain}"


def _to_date(match: re.Match[str], today: date) -> _Read:
    letter = match["letter"]
    grain = (
        _UNIT_LETTERS[letter] if letter else Grain(match["unit"] or match["sofar"] or match["far"])
    )
    return begin_of(today, grain), today + timedelta(days=1), f"{grain} to date"


def _several(match: re.Match[str], today: date) -> _Read:
    """Read `last 7 days`: whole days, weeks or months that are over."""
    count = _count_of(match)
    grain = Grain(match["unit"])
    end = begin_of(today, grain)
    return _begin_before(end, grain, count), end, f"last {count} {grain}{'s' if count > 1 else ''}"


def _ago(match: re.Match[str], today: date) -> _Read:
    """Read `two weeks ago`: the week that was this one then."""
    grain = Grain(match["unit"])
    start = _begin_before(begin_of(today, grain), grain, _count_of(match))
    return start, shift(start, grain, 1), match[0].strip()


def _count_of(match: re.Match[str]) -> int:
    count = _NUMBER_WORDS.get(match["count"]) or int(match["count"])
    if count < 1:
        raise ValueError("count from 1")
    return count


def _begin_before(end: date, grain: Grain, count: int) -> date:
    try:
        return shift(end, grain, -count)
    except (ValueError, OverflowError) as error:
        raise ValueError("it begins too long ago") from error


def _week(match: re.Match[str], today: date) -> _Read:
    number = int(match["number"])
    year = int(match["year"]) if match["year"] else today.isocalendar().year
    begin = date.fromisocalendar(year, number, 1)
    if not match["year"] and begin > today:
        begin = date.fromisocalendar(year - 1, number, 1)
    iso = begin.isocalendar()
    return begin, begin + timedelta(days=7), f"{iso.year}-W{iso.week:02}"


def _half(match: re.Match[str], today: date) -> _Read:
    month = _HALVES[match["half"]]
    named = match["year"]
    year = today.year - (month > today.month)
    if named:
        year = today.year - ("last" in named) if named.endswith("year") else int(named)
    begin = date(year, month, 1)
    return begin, shift(begin, Grain.QUARTER, 2), f"H{1 if month == 1 else 2} {year}"


def _point(match: re.Match[str], today: date) -> _Read:
    point = read_point(match, "a", today)
    return point.start, point.end, point.words


def _between(match: re.Match[str], today: date) -> _Read:
    """Read two points, both of which belong to the period."""
    start, end = read_point(match, "a", today), read_point(match, "b", today)
    if start.is_open and start.start > end.start:
        start = earlier_year(start)
    elif start.is_open and not end.is_open and end.start.year != start.start.year:
        start = _in_year_of(end, start)
    return start.start, end.end, f"{start.start.isoformat()} to {_last_day(end.end)}"


def _in_year_of(end: PeriodPoint, start: PeriodPoint) -> PeriodPoint:
    """Return `March` of `March to May 2025` in that year, or in the one before it."""
    moved = start
    while moved.start > end.start:
        moved = earlier_year(moved)
    return moved


def _days_of_month(match: re.Match[str], today: date) -> _Read:
    """Read `3 to 10 May`: two days of one month."""
    last = read_point(match, "b", today)
    first = last.start.replace(day=int(re.sub(r"\D", "", match["first"])))
    return first, last.end, f"{first.isoformat()} to {_last_day(last.end)}"


def _month_of_days(match: re.Match[str], today: date) -> _Read:
    """Read `May 3 to 10`."""
    first = read_point(match, "a", today).start
    first = first.replace(year=int(match["of"] or first.year))
    last = first.replace(day=int(re.sub(r"\D", "", match["last"])))
    return first, last + timedelta(days=1), f"{first.isoformat()} to {last.isoformat()}"


def _since_point(match: re.Match[str], today: date) -> _Read:
    start = read_point(match, "a", today).start
    return start, today + timedelta(days=1), f"since {start.isoformat()}"


def _since_calendar(match: re.Match[str], today: date) -> _Read:
    start, _, words = _calendar(match, today)
    return start, today + timedelta(days=1), f"since {words}"


def _last_day(end: date) -> str:
    return (end - timedelta(days=1)).isoformat()


_PeriodForm = tuple[re.Pattern[str], Callable[[re.Match[str], date], _Read]]


def _form(pattern: str, read: Callable[[re.Match[str], date], _Read]) -> _PeriodForm:
    return re.compile(rf"(?<![\w/.,-])(?:{pattern})(?![\w/-]|[.,]\d)"), read


_A, _B = (f"(?:{point_pattern(key)})" for key in "ab")
_FROM_OR_BETWEEN = r"(?:between |from )?(?:the )?"
_ANY_YEAR = r"(?:19|20|21)\d\d"
_OF_YEAR = r"(?:[ -](?:of |in )?(?P<year>(?:19|20|21)\d\d))?"
_HALF_YEAR = r"(?:[ -](?:of |in )?(?:the )?(?P<year>(?:19|20|21)\d\d|(?:last|this) year))?"
#: The longest forms first: words belong to the first form that takes them.
_FORMS = (
    _form(rf"(?:between|from) (?:the )?{_A}{_UP_TO}(?:the )?{_B}", _between),
    _form(
        rf"(?:the )?{_A}(?: to | until | till | through | ?\u2013 ?| - |(?<=[a-z])-){_B}", _between
    ),
    _form(
        rf"{_FROM_OR_BETWEEN}(?P<first>{_DAY_OF_MONTH}){_UP_TO}(?:the )?(?=\d\d?\D){_B}",
        _days_of_month,
    ),
    _form(
        rf"{_FROM_OR_BETWEEN}(?=(?:{MONTH})\W){_A}{_UP_TO}(?P<last>{_DAY_OF_MONTH})"
        rf"(?:,? (?P<of>{_ANY_YEAR}))?",
        _month_of_days,
    ),
    _form(rf"since (?:the )?{_A}", _since_point),
    _form(rf"since (?:the )?(?P<which>this|last) (?P<unit>{_UNIT})", _since_calendar),
    _form(rf"from (?:the )?{_A} (?:on|onward|onwards)", _since_point),
    _form(rf"{_IN}(?P<year>\d{{4}})-w(?P<number>\d\d?)", _week),
    _form(rf"{_IN}(?:w|week |calendar week )(?P<number>\d\d?){_OF_YEAR}", _week),
    _form(rf"{_IN}(?P<half>{'|'.join(_HALVES)}){_HALF_YEAR}", _half),
    _form(
        rf"{_IN}(?P<unit>{_UNIT})[ -]to[ -]date|(?P<letter>[wmqy])td"
        rf"|{_IN}(?:this |current )?(?P<sofar>{_UNIT}) so far|so far this (?P<far>{_UNIT})",
        _to_date,
    ),
    _form(
        rf"{_IN_RELATIVE}(?:last|past|previous) (?P<count>{_HOW_MANY}) (?P<unit>{_UNIT})s?",
        _several,
    ),
    _form(rf"(?P<count>{_HOW_MANY}) (?P<unit>{_UNIT})s? ago", _ago),
    _form(r"(?:for |from |of |on )?(?P<day>(?:the )?day before yesterday)", _yesterday_or_today),
    _form(rf"(?:last |on |on last )(?P<weekday>{'|'.join(_WEEKDAY_NAMES)})", _last_weekday),
    _form(rf"{_IN}{_A}", _point),
    _form(
        rf"{_IN_RELATIVE}(?P<which>this|current|last|past|previous) (?P<unit>{_UNIT})", _calendar
    ),
    _form(r"(?:for |from |of )?(?P<day>today|yesterday)", _yesterday_or_today),
)

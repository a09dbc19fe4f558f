"""Periods in words: `last week`, `in October`, `Q3 2026`, `since 2026-01-15`. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.metrics.plan import Grain, Period

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        start=2,
    )
}
_HOW_MANY = r"\d{1,4}|" + "|".join(_NUMBER_WORDS)
_ISO = r"\d{4}-\d\d-\d\d"
_UNIT = "day|week|month|quarter|year"
_IN = r"(?:in |for |during |of |over |from )?(?:the )?"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class UnclearPeriodError(ValueError):
    """A period is named that there is not; the message says why."""


@dataclass(frozen=True)
class FoundPeriod:
    """A period, and where in the question its words stand."""

    period: Period
    start: int
    end: int


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
            except ValueError as error:
                raise UnclearPeriodError(f"`{match[0].strip()}` is no period: {error}") from None
            if end <= start:
                raise UnclearPeriodError(f"`{match[0].strip()}` ends before it begins")
            yield FoundPeriod(Period(start, end, words), *match.span())


def previous_period(period: Period, today: date) -> Period:
    """
    Return what a period is compared with: the one before it, of the same kind and length.

    A period that is not over yet is compared with as many days of the one before.
    """
    grain = _calendar_grain(period)
    if grain is None:
        start = period.start - (period.end - period.start)
        end = period.start
    else:
        start, end = shift(period.start, grain, -1), period.start
    tomorrow = today + timedelta(days=1)
    if period.start < tomorrow < period.end:
        end = min(end, start + (tomorrow - period.start))
    return Period(start, end, f"{start.isoformat()} to {(end - timedelta(days=1)).isoformat()}")


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


def _calendar_grain(period: Period) -> Grain | None:
    """Return of which kind a whole calendar period is; None if it is none."""
    for grain in Grain:
        begins = begin_of(period.start, grain) == period.start
        if begins and shift(period.start, grain, 1) == period.end:
            return grain
    return None


_Read = tuple[date, date, str]


def _today(match: re.Match[str], today: date) -> _Read:
    day = today - timedelta(days=match["day"] == "yesterday")
    return day, day + timedelta(days=1), match["day"]


def _calendar(match: re.Match[str], today: date) -> _Read:
    grain = Grain(match["unit"])
    begin = begin_of(today, grain)
    if match["which"] not in ("this", "current"):
        return shift(begin, grain, -1), begin, f"last {grain}"
    return begin, shift(begin, grain, 1), f"this {grain}"


def _to_date(match: re.Match[str], today: date) -> _Read:
    grain = Grain(match["unit"])
    return begin_of(today, grain), today + timedelta(days=1), f"{grain} to date"


def _several(match: re.Match[str], today: date) -> _Read:
    """Read `last 7 days`: whole days, weeks or months that are over."""
    count = _NUMBER_WORDS.get(match["count"]) or int(match["count"])
    if count < 1:
        raise ValueError("count from 1")
    grain = Grain(match["unit"])
    end = begin_of(today, grain)
    try:
        start = shift(end, grain, -count)
    except OverflowError as error:
        raise ValueError("it begins too long ago") from error
    return start, end, f"last {count} {grain}{'s' if count > 1 else ''}"


def _month(match: re.Match[str], today: date) -> _Read:
    """Read `in October`: that of the year named, or the latest that has begun."""
    names = [name[:3] for name in _MONTHS]
    month = names.index(match["month"][:3]) + 1
    year = today.year - (month > today.month)
    if match["year"]:
        year = _year_of(match["year"])
    begin = date(year, month, 1)
    return begin, shift(begin, Grain.MONTH, 1), f"{begin:%Y-%m}"


def _numbered_month(match: re.Match[str], _: date) -> _Read:
    begin = date(_year_of(match["year"]), int(match["month"]), 1)
    return begin, shift(begin, Grain.MONTH, 1), f"{begin:%Y-%m}"


def _quarter(match: re.Match[str], today: date) -> _Read:
    number = int(match["number"])
    latest = today.year - (number * 3 - 2 > today.month)
    year = _year_of(match["year"]) if match["year"] else latest
    begin = date(year, number * 3 - 2, 1)
    return begin, shift(begin, Grain.QUARTER, 1), f"Q{number} {year}"


def _week(match: re.Match[str], today: date) -> _Read:
    number = int(match["number"])
    year = _year_of(match["year"]) if match["year"] else today.isocalendar().year
    begin = date.fromisocalendar(year, number, 1)
    if not match["year"] and begin > today:
        begin = date.fromisocalendar(year - 1, number, 1)
    iso = begin.isocalendar()
    return begin, begin + timedelta(days=7), f"{iso.year}-W{iso.week:02}"


def _year(match: re.Match[str], _: date) -> _Read:
    year = _year_of(match["year"])
    return date(year, 1, 1), date(year + 1, 1, 1), str(year)


def _day(match: re.Match[str], _: date) -> _Read:
    day = date.fromisoformat(match["day"])
    return day, day + timedelta(days=1), day.isoformat()


def _between(match: re.Match[str], _: date) -> _Read:
    """Read two days, both of which belong to the period."""
    start, end = date.fromisoformat(match["start"]), date.fromisoformat(match["end"])
    return start, end + timedelta(days=1), f"{start.isoformat()} to {end.isoformat()}"


def _since(match: re.Match[str], today: date) -> _Read:
    start = date.fromisoformat(match["day"])
    return start, today + timedelta(days=1), f"since {start.isoformat()}"


def _year_of(text: str) -> int:
    year = int(text)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"years go from {_FIRST_YEAR} to {_LAST_YEAR}")
    return year


def _form(
    pattern: str, read: Callable[[re.Match[str], date], _Read]
) -> tuple[re.Pattern[str], Callable[[re.Match[str], date], _Read]]:
    return re.compile(rf"(?<![\w-]){pattern}(?![\w-])"), read


#: The longest forms first: words belong to the first form that takes them.
_FORMS = (
    _form(rf"(?:between|from) (?P<start>{_ISO}) (?:and|to|until) (?P<end>{_ISO})", _between),
    _form(rf"since (?P<day>{_ISO})", _since),
    _form(rf"(?:on )?(?P<day>{_ISO})", _day),
    _form(rf"{_IN}(?P<year>\d{{4}})-w(?P<number>\d\d?)", _week),
    _form(rf"{_IN}(?P<year>\d{{4}})-(?P<month>\d\d)", _numbered_month),
    _form(rf"{_IN}(?:q|quarter )(?P<number>[1-4])(?:[ -](?:of )?(?P<year>\d{{4}}))?", _quarter),
    _form(rf"{_IN}(?:w|week )(?P<number>\d\d?)(?:[ -](?:of )?(?P<year>\d{{4}}))?", _week),
    _form(rf"{_IN}(?P<month>{_MONTH})\.?(?: (?:of )?(?P<year>\d{{4}}))?", _month),
    _form(rf"{_IN}(?:last|past|previous) (?P<count>{_HOW_MANY}) (?P<unit>{_UNIT})s?", _several),
    _form(r"(?P<unit>week|month|quarter|year)[ -]to[ -]date", _to_date),
    _form(rf"{_IN}(?P<which>this|current|last|past|previous) (?P<unit>{_UNIT})", _calendar),
    _form(r"(?:for |from |of )?(?P<day>today|yesterday)", _today),
    _form(rf"{_IN}(?:year )?(?P<year>(?:19|20|21)\d\d)", _year),
)

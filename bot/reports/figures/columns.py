"""What the columns of a result are for: measures, the labels of rows, and their time."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bot.reports.figures.arithmetic import Number, decimal_places, exact_number, magnitude
from bot.sources.result import Cell, ColumnKind, NotAdded, ResultTable

#: `p95` and `q3` are words.
_NAME_WORD = re.compile(r"[^\W\d_]+\d{1,3}(?![^\W_])|[^\W\d_]+|\d+")
_PERCENTILE = re.compile(r"[pq]\d{1,3}|percentile|quantile")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
_NUMERAL = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_SLUG_CHARACTERS = 40
_LIMIT_AT_END = re.compile(
    r"(?:\blimit\s+(?P<limit>\d+))?(?:\s*\boffset\s+(?P<offset>\d+)(?:\s+rows?)?)?"
    r"(?:\s*\bfetch\s+(?:first|next)\s+(?P<first>\d+)\s+rows?\s+only)?\s*;?\s*$",
    re.IGNORECASE,
)
_CURRENCY = re.compile("[A-Z]{3}|[€$£¥]")
#: Numbers that name something: no sums, no thousands separators.
_NAMING_WORDS = frozenset(
    {
        "id",
        "ids",
        "uuid",
        "key",
        "code",
        "zip",
        "plz",
        "postcode",
        "postal",
        "no",
        "nr",
        "number",
        "year",
        "month",
        "day",
        "week",
        "weekday",
        "hour",
        "minute",
        "quarter",
        "isbn",
        "ean",
        "sku",
        "phone",
        "fax",
        "jahr",
        "monat",
        "tag",
        "woche",
    }
)
#: Numbers whose sum says nothing, though a mean of them may.
_DIFFERENT_THINGS = frozenset({"unique", "distinct", "dau", "wau", "mau", "balance"})
#: Numbers that come of a division, or are no amounts: of them a mean says nothing either.
_NOT_ADDITIVE = frozenset(
    {
        "aov",
        "arpu",
        "availability",
        "churn",
        "conversion",
        "cpc",
        "cpm",
        "ctr",
        "csat",
        "growth",
        "nps",
        "rating",
        "roas",
        "roi",
        "std",
        "uptime",
        "utilisation",
        "utilization",
        "avg",
        "average",
        "mean",
        "median",
        "mode",
        "rate",
        "ratio",
        "percent",
        "percentage",
        "pct",
        "share",
        "price",
        "min",
        "minimum",
        "max",
        "maximum",
        "rank",
        "position",
        "age",
        "temperature",
        "per",
        "stddev",
        "variance",
        "margin",
        "score",
        "durchschnitt",
        "preis",
        "anteil",
        "quote",
        "latency",
        "speed",
        "cumulative",
        "running",
    }
)
#: The first word of a column that says yes or no.
_TRUTH_WORDS = (["is"], ["has"], ["was"])
#: Times that databases without a type for them write as text, the most exact first.
_TIME_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?",
        r"\d{4}-\d\d-\d\d",
        r"\d{4}-(?:0[1-9]|1[0-2])",
        r"\d{4}-W\d\d",
        r"\d{4}-?Q[1-4]",
    )
)
_YEAR_NUMBERS = range(1_000, 3_000)


#: Of these a mean of the rows says nothing: it would not be weighted.
_RATES = (NotAdded.AVERAGE, NotAdded.RATIO)


@dataclass(frozen=True)
class Measure:
    """A column whose numbers are amounts."""

    index: int
    name: str  # as people read it: `net revenue`
    slug: str  # as it stands in refs: `net_revenue`
    unit: str | None
    places: int  # digits behind the point
    is_additive: bool
    is_rate: bool = False  # a mean of it that is not weighted says nothing
    is_partial: bool = False  # the query left rows out, so nothing is known of all of them
    ends: frozenset[str] = frozenset({"high", "low"})  # which of them the rows surely hold
    is_low_better: bool = False


@dataclass(frozen=True)
class Columns:
    """The parts that the columns of a result play."""

    measures: tuple[Measure, ...]
    label: int | None  # names the rows
    time: int | None  # orders them
    slugs: tuple[str, ...]  # one per column, each different


def words_of(name: str) -> list[str]:
    """Return the words of a column's name in small letters: `netRevenue_EUR` has three."""
    return [word.lower() for word in _NAME_WORD.findall(_CAMEL.sub(" ", name))]


def readable_name(name: str) -> str:
    """Return a column's name as people read it."""
    return " ".join(words_of(name)) or "value"


def read_columns(table: ResultTable) -> Columns:
    """Return what each column is for."""
    slugs = _slugs([column.name for column in table.columns])
    time = next((i for i in range(len(table.columns)) if _is_time(table, i)), None)
    measures = tuple(
        _read_measure(table, i, slugs[i])
        for i in range(len(table.columns))
        if i != time and _is_measure(table, i)
    )
    taken = {time, *(measure.index for measure in measures)}
    rest = [
        i
        for i in range(len(table.columns))
        if i not in taken and not _is_number_without_one(table, i)
    ]
    names = [i for i in rest if table.columns[i].kind is ColumnKind.TEXT or is_truth(table, i)]
    return Columns(measures, next(iter(names or rest), None), time, slugs)


def is_truth(table: ResultTable, index: int) -> bool:
    """Tell whether a column says yes or no; `is_returned` does so with 1 and 0 on SQLite."""
    column = table.columns[index]
    if column.kind is ColumnKind.BOOLEAN:
        return True
    cells = _column_cells(table, index)
    is_called_so = words_of(column.name)[:1] in _TRUTH_WORDS
    return is_called_so and column.kind is ColumnKind.NUMBER and {*cells} <= {0, 1}


def _slugs(names: Sequence[str]) -> tuple[str, ...]:
    slugs: list[str] = []
    for number, name in enumerate(names, 1):
        # References are ASCII: `größe` is `grosse`.
        folded = unicodedata.normalize("NFKD", "_".join(words_of(name)).casefold())
        slug = (
            folded.encode("ascii", "ignore").decode()[:_SLUG_CHARACTERS].strip("_")
            or f"column_{number}"
        )
        if slug[0].isdigit():
            slug = f"column_{slug}"
        first, count = slug, 2
        while slug in slugs:
            slug, count = f"{first}_{count}", count + 1
        slugs.append(slug)
    return tuple(slugs)


def _column_cells(table: ResultTable, index: int) -> list[Cell]:
    return [row[index] for row in table.rows if row[index] is not None]


def _is_time(table: ResultTable, index: int) -> bool:
    column = table.columns[index]
    cells = _column_cells(table, index)
    match column.kind:
        case ColumnKind.DATE | ColumnKind.TIMESTAMP:
            return all(isinstance(cell, date | datetime) for cell in cells) or _is_iso(cells)
        case ColumnKind.TEXT:
            return _is_iso(cells)
        case ColumnKind.NUMBER:
            is_year = bool({"year", "jahr"} & set(words_of(column.name)))
            return is_year and all(
                isinstance(cell, int) and cell in _YEAR_NUMBERS for cell in cells
            )
        case _:
            return False


def _is_iso(cells: Sequence[Cell]) -> bool:
    return bool(cells) and any(
        all(isinstance(cell, str) and pattern.fullmatch(cell) for cell in cells)
        for pattern in _TIME_PATTERNS
    )


def _is_measure(table: ResultTable, index: int) -> bool:
    column = table.columns[index]
    if column.kind is not ColumnKind.NUMBER or is_truth(table, index):
        return False
    words = words_of(column.name)
    # `day` and `order_id` name something; `days` and `orders_per_day` count.
    return column.unit is not None or not (
        words and (words[-1] in _NAMING_WORDS or words[0] == "id") and _are_integers(table, index)
    )


def _is_number_without_one(table: ResultTable, index: int) -> bool:
    """Tell whether a column is text only because some of its numbers are NaN or Infinity."""
    cells = _column_cells(table, index)
    is_text = table.columns[index].kind is ColumnKind.TEXT and not _NO_NUMBERS.isdisjoint(cells)
    return is_text and all(_NUMERAL.fullmatch(str(cell)) or cell in _NO_NUMBERS for cell in cells)


def _are_integers(table: ResultTable, index: int) -> bool:
    return all(isinstance(cell, int) for cell in _column_cells(table, index))


def _read_measure(table: ResultTable, index: int, slug: str) -> Measure:
    column = table.columns[index]
    numbers = [
        number for cell in _column_cells(table, index) if (number := exact_number(cell)) is not None
    ]
    is_rate = _is_rate(column.name, column.unit)
    is_additive = column.is_additive
    if is_additive is None:
        is_additive = not is_rate and not _DIFFERENT_THINGS & set(words_of(column.name))
    places = _places(numbers)
    # Where the query does not say why, whole numbers are counts, such as those of distinct people.
    is_rate = is_rate or column.not_added in _RATES
    is_rate = is_rate or (column.is_additive is False and not column.not_added and places > 0)
    if places == 1 and _CURRENCY.fullmatch(column.unit or ""):
        places = 2  # Nobody writes 12.5 EUR.
    name = readable_name(column.name)
    left_out = _left_out(table)
    whole = Measure(
        index,
        name,
        slug,
        column.unit,
        places,
        is_additive,
        is_rate,
        is_low_better=column.is_low_better,
    )
    if not left_out:
        return whole
    ends = frozenset[str]() if left_out == "before" else _sure_ends(numbers)
    # Their sum is nobody's total, nor any of them a share of it.
    return replace(whole, is_additive=False, is_partial=True, ends=ends)


def _is_rate(name: str, unit: str | None) -> bool:
    words = words_of(name)
    is_span = words[-1:] == ["time"] and "total" not in words
    is_percentile = any(_PERCENTILE.fullmatch(word) for word in words)
    return unit == "%" or is_span or is_percentile or bool(_NOT_ADDITIVE & set(words))


def _left_out(table: ResultTable) -> Literal["", "before", "after"]:
    """Tell whether the query left rows out: by an OFFSET, or by a LIMIT of as many as came."""
    found = _LIMIT_AT_END.search(table.sql)
    if found is None:
        return ""
    if int(found["offset"] or 0):
        return "before"
    limit = found["limit"] or found["first"]
    return "after" if limit and len(table.rows) >= int(limit) else ""


def _sure_ends(numbers: Sequence[Number]) -> frozenset[str]:
    """Return which extreme the first of more rows hold: that which they are ordered by."""
    pairs = list(itertools.pairwise(numbers))
    if not pairs or numbers[0] == numbers[-1]:
        return frozenset()
    if all(one >= other for one, other in pairs):
        return frozenset({"high"})
    return frozenset({"low"} if all(one <= other for one, other in pairs) else ())


def _places(numbers: Sequence[Number]) -> int:
    """Return how many digits behind the point the column is shown with: two, or three that tell."""
    most = max((decimal_places(number) for number in numbers), default=0)
    largest = max((magnitude(number) for number in numbers), default=0)
    if not largest or largest >= 1:
        return min(most, 2)
    return min(most, 2 - largest.adjusted() if not isinstance(largest, int) else 0)

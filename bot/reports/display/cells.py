"""How the cells of a result are written for people: digit for digit. Pure."""

import math
import re
from datetime import date, datetime, time
from decimal import Decimal

from bot.sources.result import Cell, ColumnKind, ResultColumn

#: What stands for NULL where people read it.
NULL_WORDS = "\N{EN DASH}"
#: Numbers in such columns name something; nobody reads them with separators.
_NAMING_COLUMN = re.compile(
    r"(?:^|_)(?:ids?|nr|no|number|code|zip|plz|year|phone|ean|sku)$", re.IGNORECASE
)
#: Nobody writes 12.5 EUR.
_CURRENCY_UNIT = re.compile("[A-Z]{3}|[€$£¥]")
_CURRENCY_PLACES = 2
#: Of floats with more than six; files have every digit.
_FLOAT_PLACES = 4
_TOO_SMALL = Decimal("0.01")  # to be rounded to so many
#: Longer ones are shown with an exponent.
_MAX_SHOWN_PLACES = 24


def column_heading(column: ResultColumn) -> str:
    """Return `revenue (EUR)`."""
    name = " ".join(column.name.split()) or "column"
    return f"{name} ({column.unit})" if column.unit else name


def cell_words(cell: Cell, column: ResultColumn) -> str:
    """Return the cell as people read it; numbers keep their digits, but for long floats."""
    match cell:
        case None:
            return NULL_WORDS
        case bool():
            return "yes" if cell else "no"
        case int() | Decimal() | float():
            is_money = _CURRENCY_UNIT.fullmatch(column.unit or "") and not isinstance(cell, int)
            least = _CURRENCY_PLACES if is_money else 0
            return number_words(cell, is_name=is_naming(column), least_places=least)
        case datetime():
            return cell.isoformat(" ", "seconds" if cell.microsecond == 0 else "auto")
        case date() | time():
            return cell.isoformat()
        case str():
            return cell


def is_naming(column: ResultColumn) -> bool:
    """Tell whether the numbers of a column are names, such as ids and years."""
    return column.unit is None and _NAMING_COLUMN.search(column.name.strip()) is not None


def number_words(
    value: int | Decimal | float, *, is_name: bool = False, least_places: int = 0
) -> str:
    """Return `12,450.50`; a number that is a name has no separators."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return str(value)
    if (
        isinstance(value, float)
        and abs(exact) >= _TOO_SMALL
        and int(exact.as_tuple().exponent) < -6
    ):
        exact = round(exact, _FLOAT_PLACES)  # The rest is how floats are stored, not what was said.
    if isinstance(value, Decimal) and int(exact.as_tuple().exponent) < -6:
        exact = _without_zeros(exact)  # Databases pad averages with them.
    if not isinstance(value, int) and _length(exact) > _MAX_SHOWN_PLACES:
        return str(exact if isinstance(value, Decimal) else value)
    if isinstance(value, float) and exact == exact.to_integral_value():
        exact = exact.to_integral_value()
    if -int(exact.as_tuple().exponent) < least_places:
        exact = exact.quantize(Decimal(1).scaleb(-least_places))
    return f"{exact:f}" if is_name else f"{exact:,f}"


def _without_zeros(number: Decimal) -> Decimal:
    """Return the number without the zeros at its end, but for two places."""
    sign, digits, exponent = number.as_tuple()
    kept, places = list(digits), -int(exponent) if number else 2
    while places > 2 and kept[-1] == 0:
        kept.pop()
        places -= 1
    return Decimal((sign, tuple(kept), -places))


def _length(number: Decimal) -> int:
    """Return how many digits it has when it is written without an exponent."""
    parts = number.as_tuple()
    exponent = int(parts.exponent)
    return max(len(parts.digits) + exponent, 1) - min(exponent, 0)


def plotted(cell: Cell) -> float | int | None:
    """Return the number that a chart draws, or that a table is sorted by; None for no number."""
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal | float):
        return None
    if isinstance(cell, int) and abs(cell) < 2**53:
        return cell
    try:
        number = float(cell)
    except OverflowError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def is_number_column(column: ResultColumn) -> bool:
    """Tell whether a column holds numbers that measure something."""
    return column.kind is ColumnKind.NUMBER and not is_naming(column)

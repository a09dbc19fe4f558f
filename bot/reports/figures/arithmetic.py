"""Exact arithmetic on the numbers of a result: integers stay integers, floats count as written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from bot.sources.result import Cell

Number = int | Decimal
#: Digits of a quotient that does not end; sums and differences are exact.
QUOTIENT_DIGITS = 50
# The sum of the largest and the smallest float has as many digits.
_EXACT_DIGITS = 1_100
_HUGE = Decimal(10) ** 21
_MAX_PLACES = 12


@contextmanager
def _exactly(digits: int = _EXACT_DIGITS) -> Iterator[None]:
    with localcontext(Context(prec=digits, rounding=ROUND_HALF_UP)):
        yield


def exact_number(cell: Cell) -> Number | None:
    """Return the number of a cell; None for NULL, text and whatever else is no number."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return Decimal(repr(cell))
    return cell if isinstance(cell, Decimal) and cell.is_finite() else None


def exact_sum(numbers: Sequence[Number]) -> Number:
    """Return the sum; 0 of nothing."""
    with _exactly():
        return sum(numbers)


def magnitude(number: Number) -> Number:
    """Return the number without its sign."""
    return -number if number < 0 else number


def change_between(new: Number, old: Number) -> Number:
    """Return *new* - *old*."""
    with _exactly():
        return new - old


def quotient(above: Number, below: Number) -> Decimal:
    """Return the quotient with 50 digits; raise ZeroDivisionError if *below* is 0."""
    with _exactly(QUOTIENT_DIGITS):
        return Decimal(above) / Decimal(below)


def percentage_of(part: Number, whole: Number) -> Decimal:
    """Return how many percent of *whole* the part is."""
    with _exactly():
        part = part * 100
    return quotient(part, whole)


def exact_mean(numbers: Sequence[Number]) -> Decimal:
    """Return the arithmetic mean of at least one number."""
    return quotient(exact_sum(numbers), len(numbers))


def exact_median(numbers: Sequence[Number]) -> Number:
    """Return the middle of at least one number; of two middle ones their mean."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    with _exactly():
        return (Decimal(ordered[middle - 1]) + Decimal(ordered[middle])) / 2


def places_of(number: Number) -> int:
    """Return how many digits stand behind the point."""
    if isinstance(number, int):
        return 0
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def show_number(
    number: Number, places: int, unit: str | None = None, *, is_signed: bool = False
) -> str:
    """
    Return a number as people read it: `1,234.50 EUR`, with a sign if *is_signed*.

    What would round to 0 keeps two digits, because it is not 0.
    """
    exact = Decimal(number)
    with _exactly():
        if exact and abs(exact) >= _HUGE:
            shown = f"{exact:.4e}"
        else:
            if exact and not round(exact, places):
                places = -exact.adjusted() + 1
            shown = f"{exact:.2e}" if places > _MAX_PLACES else f"{exact:,.{places}f}"
    if is_signed and exact > 0:
        shown = f"+{shown}"
    return f"{shown} {unit}" if unit else shown

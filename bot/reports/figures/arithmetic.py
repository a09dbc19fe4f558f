"""Exact arithmetic on the numbers of a result: integers stay integers, floats count as written."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from bot.sources.result import Cell

Number = int | Decimal
#: Digits of a quotient that does not end; sums and differences are exact.
QUOTIENT_DIGITS = 50
# The sum of the largest and the smallest float has as many digits.
_EXACT_CONTEXT = Context(prec=1_100, rounding=ROUND_HALF_UP)
_QUOTIENT = Context(prec=QUOTIENT_DIGITS, rounding=ROUND_HALF_UP)
_HUGE = Decimal(10) ** 21
_MOST_PLACES = 12


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
    if all(isinstance(number, int) for number in numbers):
        return sum(numbers)
    with localcontext(_EXACT_CONTEXT):
        return sum(numbers, Decimal(0))


def magnitude(number: Number) -> Number:
    """Return the number without its sign."""
    return -number if number < 0 else number


def change_between(new: Number, old: Number) -> Number:
    """Return *new* - *old*."""
    if isinstance(new, int) and isinstance(old, int):
        return new - old
    return _EXACT_CONTEXT.subtract(Decimal(new), Decimal(old))


def quotient(above: Number, below: Number) -> Decimal:
    """Return the quotient with 50 digits; raise ZeroDivisionError if *below* is 0."""
    if not below:
        raise ZeroDivisionError
    return _QUOTIENT.divide(Decimal(above), Decimal(below))


def percentage_of(part: Number, whole: Number) -> Decimal:
    """Return how many percent of *whole* the part is."""
    return quotient(_EXACT_CONTEXT.multiply(Decimal(part), Decimal(100)), whole)


def exact_mean(numbers: Sequence[Number]) -> Decimal:
    """Return the arithmetic mean of at least one number."""
    return quotient(exact_sum(numbers), len(numbers))


def exact_median(numbers: Sequence[Number]) -> Number:
    """Return the middle of at least one number; of two middle ones their mean."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    both = _EXACT_CONTEXT.add(Decimal(ordered[middle - 1]), Decimal(ordered[middle]))
    return _EXACT_CONTEXT.divide(both, Decimal(2))


def decimal_places(number: Number) -> int:
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
    with localcontext(_EXACT_CONTEXT):
        if exact and abs(exact) >= _HUGE:
            shown = f"{exact:.4e}"
        else:
            if exact and not round(exact, places):
                places = -exact.adjusted() + 1
            shown = f"{exact:.2e}" if places > _MOST_PLACES else f"{exact:,.{places}f}"
    if is_signed and exact > 0:
        shown = f"+{shown}"
    return f"{shown} {unit}" if unit else shown

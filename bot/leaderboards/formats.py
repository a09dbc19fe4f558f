"""Numbers as a column's format writes them. Pure."""

import re
from decimal import ROUND_HALF_UP, Decimal

from bot.config_sections.leaderboards import NUMBER_FORMAT

NONE = "\N{EN DASH}"


def formatted(value: float | None, form: str, *, signed: bool = False) -> str:
    """Return e.g. `$1,234` for 1234.4 and `$0`; a dash for None. *signed* writes a plus as well."""
    if value is None:
        return NONE
    match = re.fullmatch(NUMBER_FORMAT, form)
    before, decimals, behind = match.groups("") if match else ("", "", "")
    number = _rounded(value, len(decimals))
    sign = "-" if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{before}{abs(number):,}{behind}"


def _rounded(value: float, decimals: int) -> Decimal:
    """Return the value as people round it, half away from zero."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def shown_difference(value: float, earlier: float) -> float:
    """Return the difference of two written numbers, without the noise of binary fractions."""
    return float(Decimal(str(value)) - Decimal(str(earlier)))


def percent_of(change: float, earlier: float) -> float:
    """Return how many percent of *earlier*, which is not zero, a change is; one decimal."""
    return float(_rounded(change / abs(earlier) * 100, 1))

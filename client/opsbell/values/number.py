"""Numbers of any library as numbers that JSON can carry."""

from __future__ import annotations

import math
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Any

LARGEST_SAFE_INTEGER = 2**53
# Objects with these methods mean to be numbers.
METHODS = ("__index__", "__float__", "__complex__")


def is_numeric(value: object) -> bool:
    """Whether *value* means to be a number: a truth value, a text and a list do not."""
    if isinstance(value, (bool, str, bytes, bytearray)) or is_truth_value(value):
        return False
    return isinstance(value, complex) or any(hasattr(type(value), name) for name in METHODS)


def is_truth_value(value: object) -> bool:
    """Whether *value* is a bool of any library, as numpy's."""
    return isinstance(value, bool) or (_dtype(value).endswith("bool") and _is_single(value))


def as_number(value: Any) -> int | float | str | None:
    """
    Return *value* as an int or a float, or None if it is no number.

    A text is returned for a number that neither can hold as it is: NaN,
    infinities, decimals whose digits a float would lose, integers that
    JavaScript would round. Never raises.
    """
    if not is_numeric(value):
        return None
    try:
        return _number(value)
    # The job's own code runs here, and it may raise anything at all.
    except Exception:  # noqa: BLE001
        return None


def as_float(value: Any) -> float:
    """Return *value* as a float; raises TypeError if it is no number."""
    number = as_number(value)
    if number is None:
        raise TypeError(f"not a number: {type(value).__name__}")
    return float(number)


def _number(value: Any) -> int | float | str | None:
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        return _of_decimal(value)
    if not _is_single(value) or _is_complex(value):
        return None
    if isinstance(value, float):
        return _of_float(float(value))
    if isinstance(value, int) or _has_index(value):
        return _of_int(int(value.__index__()))
    text = str(value)
    try:
        # Through its text, because float(np.float32(0.1)) is 0.10000000149011612.
        number = float(text)
    except ValueError:
        number = _single(float(value), _dtype(value))
    is_whole = text.isdigit() or text[1:].isdigit()
    return _of_int(int(text)) if is_whole and text.isascii() else _of_float(number)


def _has_index(value: Any) -> bool:
    # Some time spans and truth values have the method only to refuse it.
    kind = _dtype(value)
    return hasattr(type(value), "__index__") and ("int" in kind or not kind)


def _dtype(value: object) -> str:
    try:
        return str(getattr(value, "dtype", ""))
    except Exception:  # noqa: BLE001 - the job's own code
        return ""


def _is_single(value: object) -> bool:
    """Whether *value* is one value, not an array of them."""
    try:
        return bool(getattr(value, "shape", ()) == ())
    except Exception:  # noqa: BLE001 - the job's own code
        return False


def _is_complex(value: Any) -> bool:
    return isinstance(value, complex) or "complex" in _dtype(value)


def _of_int(number: int) -> int | str:
    return number if abs(number) <= LARGEST_SAFE_INTEGER else str(number)


def _of_float(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)


def _of_decimal(value: Decimal) -> int | float | str:
    text = str(value)
    if not value.is_finite():
        return text
    if text.lstrip("-").isdigit():
        return _of_int(int(text)) if len(text) < 20 else text
    number = float(text)
    if not math.isfinite(number):
        return text
    is_same = type(value)(repr(number)) == value if "E" in text else repr(number) == text
    return number if is_same else text


def _single(number: float, dtype: str) -> float:
    """Return the shortest number that is the same in the precision of *dtype*."""
    if not dtype.endswith("float32") or not math.isfinite(number):
        return number
    from struct import pack

    candidates = (float(f"{number:.{digits}g}") for digits in range(6, 9))
    packed = pack("f", number)
    return next((short for short in candidates if pack("f", short) == packed), number)

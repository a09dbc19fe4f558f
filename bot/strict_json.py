"""Strict JSON: Python's own reader also accepts NaN and Infinity, which are not JSON."""

import json
import math

_MAX_DIGITS = 1_000


def _refuse_nan(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")


def _whole_number(digits: str) -> int:
    # Python itself would refuse a longer one in words of its own.
    if len(digits) > _MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:20]} is too large for a number")
    return number


#: Raises `ValueError` for NaN, Infinity and numbers that are too large to be told from them.
STRICT = json.JSONDecoder(parse_constant=_refuse_nan, parse_float=_finite, parse_int=_whole_number)

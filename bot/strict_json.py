"""JSON as the standard has it: Python's own reader also takes numbers that are none."""

import json
import math

MAX_DIGITS = 1_000


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")


def _whole(digits: str) -> int:
    # Python itself would refuse a longer one in words of its own.
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:20]} is too large for a number")
    return number


#: Raises `ValueError` for NaN, Infinity and numbers that are too large to be told from them.
STRICT = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole)

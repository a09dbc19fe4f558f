"""
Fast JSON for the delivery engine, which writes it many times per message.

orjson is several times as fast as the standard library but refuses some values that the standard
library writes: integers beyond 64 bits, keys that are not strings, lone surrogates. Those fall back
to the standard library.
"""

import json
import re
from typing import Any

import orjson

#: Times and dataclasses are refused, as the standard library refuses them: who means their text
#: says so.
_AS_USUAL = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


#: Of a number that orjson may make inexact.
_DIGITS = re.compile("[0-9]{19}")
_DIGITS_IN_UTF8 = re.compile(rb"[0-9]{19}")


def encoded(value: Any) -> bytes:
    """Return JSON in UTF-8; raise `TypeError` for what JSON has no word for."""
    try:
        return orjson.dumps(value, option=_AS_USUAL)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def text(value: Any) -> str:
    """Return JSON as a text; raise `TypeError` for what JSON has no word for."""
    return encoded(value).decode()


def stored(content: str | bytes) -> Any:
    """Return what a database's JSON says, as the standard library reads it; raise `ValueError`."""
    if isinstance(content, str):
        is_exact = _DIGITS.search(content) is None
    else:
        is_exact = _DIGITS_IN_UTF8.search(content) is None
    if is_exact:
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            pass
    return json.loads(content)


def decoded(content: bytes) -> Any:
    """Return what JSON says; raise `ValueError`. Whole numbers beyond 64 bits become inexact."""
    return orjson.loads(content)

"""
JSON as the engine writes it, many times for each message.

orjson is several times as quick as the standard library and refuses what that one writes: whole
numbers beyond 64 bits, keys that are no texts, half of a surrogate pair. Those go the usual way.
"""

import json
from typing import Any

import orjson

#: Times and dataclasses are refused, as the standard library refuses them: who means their text
#: says so.
AS_USUAL = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def encoded(value: Any) -> bytes:
    """Return JSON in UTF-8; raise `TypeError` for what JSON has no word for."""
    try:
        return orjson.dumps(value, option=AS_USUAL)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def text(value: Any) -> str:
    """Return JSON as a text; raise `TypeError` for what JSON has no word for."""
    return encoded(value).decode()


def decoded(content: bytes) -> Any:
    """Return what JSON says; raise `ValueError`. Whole numbers beyond 64 bits become inexact."""
    return orjson.loads(content)

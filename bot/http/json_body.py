"""The body of a request, from bytes to clean values."""

import asyncio
import json
import math
from typing import Any

from aiohttp import ClientError, web

from bot.http.refusal import RefusedError, not_json

MAX_BYTES = 1024 * 1024
#: A body that has not arrived by then will not; the connection is worth more.
ARRIVAL_SECONDS = 30.0
MAX_DEPTH = 64
MAX_DIGITS = 1_000
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def refuse_number(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")


def whole(digits: str) -> int:
    """Return the number; Python itself would refuse a longer one in words of its own."""
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(digits)


def finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


DECODER = json.JSONDecoder(parse_constant=refuse_number, parse_float=finite, parse_int=whole)


async def read_bytes(request: web.Request) -> bytes:
    """Return the body as it was sent; refuse one that is too large, broken or never ends."""
    try:
        if request.content.is_eof():  # All of it is here, as of nearly every request.
            return await request.read()
        async with asyncio.timeout(ARRIVAL_SECONDS):
            return await request.read()
    except TimeoutError as error:
        raise not_json(f"it had not arrived after {ARRIVAL_SECONDS:.0f} seconds") from error
    except (web.RequestPayloadError, ClientError, ConnectionError) as error:
        raise not_json("it broke off or is encoded wrongly") from error


def read_object(raw: bytes, content_type: str, charset: str | None) -> dict[str, Any]:
    """
    Return the JSON object in *raw*, cleaned; no body at all is an empty object.

    Raises `RefusedError` with 415 for another type than JSON in UTF-8, with 400 for what is no
    JSON object.
    """
    if not raw.strip():
        return {}
    value = read_json(raw, content_type, charset)
    if not isinstance(value, dict):
        raise not_json("this is something else")
    return value if is_clean(raw) else clean_object(value, depth=0)


def read_list(raw: bytes, content_type: str, charset: str | None) -> list[Any]:
    """Return the JSON list in *raw*, cleaned; raise as `read_object` does."""
    value = read_json(raw, content_type, charset)
    if not isinstance(value, list):
        raise not_json("this is something else", "one JSON list")
    return value if is_clean(raw) else [clean(item, depth=1) for item in value]


def read_csv(raw: bytes, charset: str | None) -> str:
    """Return the text of a CSV file; bytes that are no UTF-8 are lone halves of pairs in it."""
    if not is_utf8(charset):
        raise RefusedError(415, "unsupported_media_type", "Send CSV in UTF-8.")
    return raw.decode("utf-8", "surrogateescape")


def read_json(raw: bytes, content_type: str, charset: str | None) -> Any:
    require_json(content_type, charset)
    try:
        return DECODER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise not_json("it is not UTF-8") from error
    except RecursionError as error:
        raise not_json("it is nested too deeply") from error
    except ValueError as error:
        raise not_json(str(error)) from error


def require_json(content_type: str, charset: str | None) -> None:
    is_json = content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )
    if not is_json or not is_utf8(charset):
        raise RefusedError(
            415, "unsupported_media_type", "Send JSON in UTF-8 as `Content-Type: application/json`."
        )


def is_utf8(charset: str | None) -> bool:
    return (charset or "utf-8").lower() in ("utf-8", "utf8", "us-ascii")


def is_clean(raw: bytes) -> bool:
    r"""
    Tell whether JSON cannot hold what `clean` looks for, as nearly all of it.

    Valid JSON in UTF-8 says NULs and halves of pairs as `\u…` only.
    """
    return b"\\u" not in raw and raw.count(b"{") + raw.count(b"[") < MAX_DEPTH


def clean(value: Any, depth: int = 0) -> Any:
    """Return *value* with every text in it cleaned, keys too; refuse one nested too deeply."""
    if depth > MAX_DEPTH:
        raise not_json(f"it is nested deeper than {MAX_DEPTH}")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    return clean_object(value, depth) if isinstance(value, dict) else value


def clean_object(value: dict[str, Any], depth: int) -> dict[str, Any]:
    return {clean_text(key): clean(item, depth + 1) for key, item in value.items()}


def clean_text(text: str) -> str:
    r"""
    Drop NULs, which PostgreSQL cannot store, and replace lone halves of surrogate pairs.

    `"\ud800"` is legal JSON but no Unicode text; it can neither be stored nor sent on.
    """
    text = text.replace("\0", "")
    if text.isascii():
        return text
    return "".join(REPLACEMENT if "\ud800" <= letter <= "\udfff" else letter for letter in text)

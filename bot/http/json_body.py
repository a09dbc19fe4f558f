"""The body of a request, from bytes to clean values."""

import asyncio
import json
import math
import zlib
from typing import Any

from aiohttp import ClientError, web

from bot.http.errors import RefusedError, not_json, too_large

MAX_BYTES = 1024 * 1024
#: A body that has not arrived by then will not; the connection is worth more.
ARRIVAL_SECONDS = 30.0
#: What zlib is told of each encoding that is read.
WINDOWS = {
    "gzip": 16 + zlib.MAX_WBITS,
    "x-gzip": 16 + zlib.MAX_WBITS,
    "deflate": zlib.MAX_WBITS,
}
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
    """
    Return the body, unpacked; refuse one that is too large, broken or never ends.

    Only a caller who may send one is asked to go on with `Expect: 100-continue`.
    """
    if (request.content_length or 0) > MAX_BYTES:
        raise too_large()
    try:
        if request.content.is_eof():  # All of it is here, as of nearly every request.
            raw = await request.read()
        else:
            await _ask_for_it(request)
            async with asyncio.timeout(ARRIVAL_SECONDS):
                raw = await request.read()
    except TimeoutError as error:
        raise not_json(f"it had not arrived after {ARRIVAL_SECONDS:.0f} seconds") from error
    except (web.RequestPayloadError, ClientError, ConnectionError) as error:
        raise not_json("it broke off or is encoded wrongly") from error
    return unpack(raw, request.headers.get("Content-Encoding", ""))


async def _ask_for_it(request: web.Request) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # It is no part of the response.


def unpack(raw: bytes, encoding: str) -> bytes:
    """Return what was packed, as far as it is not too large; refuse other encodings than zlib's."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return raw
    if encoding not in WINDOWS:
        raise RefusedError(
            415,
            "unsupported_media_type",
            "Send the body as it is, or as `Content-Encoding: gzip` or `deflate`.",
            {"Accept-Encoding": "gzip, deflate"},
        )
    window = WINDOWS[encoding]
    if encoding == "deflate" and not _has_zlib_header(raw):
        window = -zlib.MAX_WBITS  # Many call the bare stream so.
    unpacker = zlib.decompressobj(window)
    try:
        unpacked = unpacker.decompress(raw, MAX_BYTES + 1)
    except zlib.error as error:
        raise not_json("it broke off or is encoded wrongly") from error
    if len(unpacked) > MAX_BYTES:
        raise too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise not_json("it broke off or is encoded wrongly")
    return unpacked


def _has_zlib_header(raw: bytes) -> bool:
    return len(raw) >= 2 and raw[0] & 0x0F == 8 and int.from_bytes(raw[:2]) % 31 == 0


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
    if not is_json or (charset or "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise RefusedError(
            415, "unsupported_media_type", "Send JSON in UTF-8 as `Content-Type: application/json`."
        )


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

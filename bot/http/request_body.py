"""Reads the body of a request: from bytes to clean values."""

import asyncio
import zlib
from typing import Any

from aiohttp import ClientError, web

from bot.http.errors import RefusedError, body_too_large, not_json
from bot.strict_json import STRICT

MAX_BYTES = 1024 * 1024
#: A body that has not arrived by then will not; the connection is worth more.
_ARRIVAL_SECONDS = 30.0
#: The `wbits` argument of zlib for each supported encoding.
_WINDOWS = {
    "gzip": 16 + zlib.MAX_WBITS,
    "x-gzip": 16 + zlib.MAX_WBITS,
    "deflate": zlib.MAX_WBITS,
}
_MAX_DEPTH = 64
#: Python takes more for space than JSON does.
_JSON_SPACE = b" \t\r\n"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


async def read_bytes(request: web.Request) -> bytes:
    """
    Return the body, decompressed; refuse one that is too large, broken or endless.

    Only an authorised caller gets the `100 Continue` for its `Expect: 100-continue`.
    """
    if (request.content_length or 0) > MAX_BYTES:
        raise body_too_large()
    try:
        if request.content.is_eof():  # All of it is here, as of nearly every request.
            raw = await request.read()
        else:
            await _ask_for_it(request)
            async with asyncio.timeout(_ARRIVAL_SECONDS):
                raw = await request.read()
    except TimeoutError as error:
        raise not_json(f"it had not arrived after {_ARRIVAL_SECONDS:.0f} seconds") from error
    except (web.RequestPayloadError, ClientError, ConnectionError) as error:
        raise not_json("it broke off or is encoded wrongly") from error
    return unpack(raw, request.headers.get("Content-Encoding", ""))


async def _ask_for_it(request: web.Request) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # It is no part of the response.


def unpack(raw: bytes, encoding: str) -> bytes:
    """
    Return the decompressed body; refuse bodies that are too large, and encodings other than zlib's.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return raw
    if encoding not in _WINDOWS:
        raise RefusedError(
            415,
            "unsupported_media_type",
            "Send the body as it is, or as `Content-Encoding: gzip` or `deflate`.",
            {"Accept-Encoding": "gzip, deflate"},
        )
    window = _WINDOWS[encoding]
    if encoding == "deflate" and not _has_zlib_header(raw):
        window = -zlib.MAX_WBITS  # Many call the bare stream so.
    unpacker = zlib.decompressobj(window)
    try:
        unpacked = unpacker.decompress(raw, MAX_BYTES + 1)
    except zlib.error as error:
        raise not_json("it broke off or is encoded wrongly") from error
    if len(unpacked) > MAX_BYTES:
        raise body_too_large()
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
    if not raw.strip(_JSON_SPACE):
        return {}
    value = _read_json(raw, content_type, charset)
    if not isinstance(value, dict):
        raise not_json("this is something else")
    return value if is_clean(raw) else _clean_object(value, depth=0)


def read_list(raw: bytes, content_type: str, charset: str | None) -> list[Any]:
    """Return the JSON list in *raw*, cleaned; raise as `read_object` does."""
    value = _read_json(raw, content_type, charset)
    if not isinstance(value, list):
        raise not_json("this is something else", "one JSON list")
    return value if is_clean(raw) else [_clean_value(item, depth=1) for item in value]


def read_csv(raw: bytes, charset: str | None) -> str:
    """Return the text of a CSV file; bytes that are no UTF-8 are lone halves of pairs in it."""
    if not _is_utf8(charset):
        raise RefusedError(415, "unsupported_media_type", "Send CSV in UTF-8.")
    return raw.decode("utf-8", "surrogateescape")


def _read_json(raw: bytes, content_type: str, charset: str | None) -> Any:
    _require_json(content_type, charset)
    try:
        return STRICT.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise not_json("it is not UTF-8") from error
    except RecursionError as error:
        raise not_json("it is nested too deeply") from error
    except ValueError as error:
        raise not_json(str(error)) from error


def _require_json(content_type: str, charset: str | None) -> None:
    is_json = content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )
    if not is_json or not _is_utf8(charset):
        raise RefusedError(
            415, "unsupported_media_type", "Send JSON in UTF-8 as `Content-Type: application/json`."
        )


def _is_utf8(charset: str | None) -> bool:
    return (charset or "utf-8").lower() in ("utf-8", "utf8", "us-ascii")


def is_clean(raw: bytes) -> bool:
    """
    Tell quickly whether JSON cannot contain what `clean` looks for, as is usual.

    Valid JSON in UTF-8 expresses NULs and surrogates only as `\\u…`.
    """
    return b"\\u" not in raw and raw.count(b"{") + raw.count(b"[") < _MAX_DEPTH


def _clean_value(value: Any, depth: int = 0) -> Any:
    """Return *value* with every text in it cleaned, keys too; refuse one nested too deeply."""
    if depth > _MAX_DEPTH:
        raise not_json(f"it is nested deeper than {_MAX_DEPTH}")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_clean_value(item, depth + 1) for item in value]
    return _clean_object(value, depth) if isinstance(value, dict) else value


def _clean_object(value: dict[str, Any], depth: int) -> dict[str, Any]:
    return {clean_text(key): _clean_value(item, depth + 1) for key, item in value.items()}


def clean_text(text: str) -> str:
    r"""
    Drop NULs, which PostgreSQL cannot store, and replace lone halves of surrogate pairs.

    `"\ud800"` is legal JSON but no Unicode text; it can neither be stored nor sent on.
    """
    text = text.replace("\0", "")
    if text.isascii():
        return text
    return "".join(_REPLACEMENT if "\ud800" <= letter <= "\udfff" else letter for letter in text)

"""
Reading what a server answers that we call. It may answer anything: gigabytes, or no JSON.

Every call says `allow_redirects=False`: a redirect would take the request, with the secrets that
are in it, to whatever address the answer names.
"""

import json
from typing import Any

import aiohttp

_ANSWER_LIMIT = 1_048_576


async def read_limited(response: aiohttp.ClientResponse, limit: int = _ANSWER_LIMIT) -> bytes:
    """Return the body, unpacked; raise `ValueError` if it has more bytes than that."""
    raw = bytearray()
    while chunk := await response.content.read(limit + 1 - len(raw)):
        raw += chunk
        if len(raw) > limit:
            response.close()  # There may be gigabytes more of it.
            raise ValueError("its answer is too large")
    return bytes(raw)


async def read_json(response: aiohttp.ClientResponse, limit: int = _ANSWER_LIMIT) -> Any:
    """Return the JSON of a body, whatever type it names; raise `ValueError`."""
    raw = await read_limited(response, limit)
    try:
        return json.loads(raw)
    except RecursionError as error:
        raise ValueError("its answer is nested too deeply") from error

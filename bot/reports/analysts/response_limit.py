"""Limits how much OpenAI's SDK reads of a response; loaded with the SDK."""

from collections.abc import AsyncIterator

import httpx2

from bot.reports.analysts.model_client import MAX_ANSWER_BYTES, TooLongError


async def limit_response(response: httpx2.Response) -> None:
    """Let `TooLongError` be raised where a response has more bytes than any answer."""
    # A compressed kilobyte may be a gigabyte, and we ask for uncompressed responses.
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TooLongError
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _LimitedStream(response.stream)


class _LimitedStream(httpx2.AsyncByteStream):
    """The bytes of a response, at most `MAX_ANSWER_BYTES`."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_ANSWER_BYTES
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise TooLongError
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()

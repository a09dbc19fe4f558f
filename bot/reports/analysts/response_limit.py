"""Keeps OpenAI's SDK from reading what no answer can be; loaded with it."""

from collections.abc import AsyncIterator

import httpx2

from bot.reports.analysts.model_client import MAX_ANSWER_BYTES, TooLongError


async def read_shortly(response: httpx2.Response) -> None:
    """Let a response not be read beyond what an answer can be; raise `TooLongError`."""
    # A few bytes can be a packed gigabyte, and we ask for no packed ones.
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TooLongError
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _ShortStream(response.stream)


class _ShortStream(httpx2.AsyncByteStream):
    """The bytes of a response, up to what an answer can be."""

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

"""
HTTP/1.1 to one server over kept-alive connections: small, fast, and enough for a lane.

A general client costs more processor time than the rest of a lane. Nor does it distinguish the
two failures that matter for posting once: the request certainly did not reach the server, or it
may have.
"""

import asyncio
import ssl
from collections import deque
from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httptools

from bot.sql.fast_json import encoded

#: An idle connection older than this is not reused: servers close them silently.
IDLE_SECONDS = 50.0
CONNECT_SECONDS = 5.0
JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 16 * 1024 * 1024


class UnreachableError(Exception):
    """The request certainly did not reach the server."""


class LostError(Exception):
    """The request was sent, at least in part, and no whole answer came."""


@dataclass(slots=True)
class WireResponse:
    """A whole answer."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class WireConnection(asyncio.Protocol):
    """One connection; carries one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[WireResponse] | None = None
        self._transport: asyncio.Transport | None = None
        self.idle_since = self._loop.time()
        self.is_usable = True
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[bytes, bytes] = {}
        self._parts: list[bytes] = []
        self._size = 0

    async def ask(self, request: bytes, seconds: float) -> WireResponse:
        """Send *request* and return the answer; raise `LostError` if none comes in time."""
        if self._transport is None or self._transport.is_closing():
            raise UnreachableError("connection closed")
        self._answer = self._loop.create_future()
        timer = self._loop.call_later(seconds, self._fail, "timeout")
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            timer.cancel()
            self._answer = None
            self.idle_since = self._loop.time()

    def close(self) -> None:
        """Hang up."""
        self.is_usable = False
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember how to write."""
        self._transport = transport  # type: ignore[assignment] # a stream's transport can write

    def data_received(self, data: bytes) -> None:
        """Read a piece of the answer."""
        if self._answer is None:
            self.close()  # Unsolicited data: the stream can no longer be trusted.
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail("no HTTP")

    def connection_lost(self, _error: Exception | None) -> None:
        """Notice that the server hung up."""
        self.is_usable = False
        self._fail("connection lost")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header from the parser."""
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body from the parser."""
        self._size += len(body)
        if self._size > MAX_BODY_BYTES:
            self._fail("answer too large")
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """Hand the whole answer over."""
        if not self._parser.should_keep_alive():
            self.close()
        answer = self._answer
        if answer is not None and not answer.done():
            status = self._parser.get_status_code()
            answer.set_result(WireResponse(status, self._headers, b"".join(self._parts)))
        self._begin()

    def _fail(self, why: str) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LostError(why))


class Wire:
    """The connections to one server; as many as there are requests at a time."""

    def __init__(self, base_url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(base_url)
        self._host = parts.hostname or ""
        self._is_tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._tls = ssl.create_default_context() if self._is_tls else None
        self._path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        fixed = {"Host": parts.netloc, **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in fixed.items())
        self._idle: deque[WireConnection] = deque()
        self._is_shared = False

    async def post(self, path: str, body: dict[str, Any], seconds: float) -> WireResponse:
        """
        Post JSON and return the answer, whatever its status.

        Raises `UnreachableError` or `LostError`; which one decides whether repeating is harmless.
        """
        content = encoded(body)
        return await self.send(path, content, JSON, seconds)

    async def send(self, path: str, content: bytes, kind: str, seconds: float) -> WireResponse:
        """Post content of this kind; return and raise as `post` does."""
        head = (
            f"POST {self._path}{path} HTTP/1.1\r\n{self._head}"
            f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        )
        return await self._ask(head, content, seconds)

    async def get(self, seconds: float) -> WireResponse:
        """Get what stands at the address itself; return and raise as `post` does."""
        return await self._ask(f"GET {self._path or '/'} HTTP/1.1\r\n{self._head}", b"", seconds)

    async def _ask(self, head: str, content: bytes, seconds: float) -> WireResponse:
        connection = self._take() or await self._connect()
        try:
            response = await connection.ask(head.encode() + b"\r\n" + content, seconds)
        except asyncio.CancelledError:
            connection.close()
            raise
        if connection.is_usable:
            self._idle.append(connection)
        self._hang_up_old()
        return response

    def sharing(self, headers: dict[str, str]) -> "Wire":
        """Return a wire with more headers over the same connections, which stay open after it."""
        wire = copy(self)
        wire._head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        wire._is_shared = True
        return wire

    def close(self) -> None:
        """Hang up all that is idle, unless others go on with it."""
        while self._idle and not self._is_shared:
            self._idle.pop().close()

    def _hang_up_old(self) -> None:
        """Keep no more connections than were of use lately; those used last are taken first."""
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS
        while self._idle and self._idle[0].idle_since < oldest:
            self._idle.popleft().close()

    def _take(self) -> WireConnection | None:
        """Return the connection used last, if it can be trusted to be alive."""
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable and connection.idle_since > oldest:
                return connection
            connection.close()
        return None

    async def _connect(self) -> WireConnection:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await asyncio.wait_for(
                loop.create_connection(
                    WireConnection,
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._is_tls else None,
                ),
                CONNECT_SECONDS,
            )
        except (OSError, TimeoutError) as error:
            raise UnreachableError(str(error) or "timeout") from error
        return connection

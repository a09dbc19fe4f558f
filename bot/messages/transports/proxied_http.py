"""
HTTP through a proxy: slower than `http_client`, with everything that proxies can require.

Like `http_client.Wire`, it distinguishes requests that certainly did not reach the server from
those that may have.
"""

import asyncio
from typing import Any

import aiohttp

from bot.messages.transports.http_client import (
    CONNECT_SECONDS,
    IDLE_SECONDS,
    JSON,
    MAX_BODY_BYTES,
    LostError,
    UnreachableError,
    Wire,
    WireResponse,
)
from bot.outgoing.proxies import NO_PROXIES, Proxies
from bot.sql.fast_json import encoded

#: What a proxy says that wants to know who we are.
_PROXY_AUTHENTICATION_REQUIRED = 407
#: Failures before a byte of the request was on its way to the server.
_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
_closing: set[asyncio.Task[None]] = set()


class ProxiedConnection:
    """The way to one server through a proxy."""

    def __init__(self, base_url: str, headers: dict[str, str], proxy: str) -> None:
        self._base_url = base_url
        self._headers = headers
        self._proxy = proxy
        self._pool = _Pool()
        self._is_shared = False

    async def post(self, path: str, body: dict[str, Any], seconds: float) -> WireResponse:
        """Post JSON; return and raise as `Wire.post` does."""
        return await self.send(path, encoded(body), JSON, seconds)

    async def send(self, path: str, content: bytes, kind: str, seconds: float) -> WireResponse:
        """Post content of this kind; return and raise as `post` does."""
        headers = {**self._headers, "Content-Type": kind}
        return await self._ask("POST", path, seconds, data=content, headers=headers)

    async def get(self, seconds: float) -> WireResponse:
        """Get what stands at the address itself; return and raise as `post` does."""
        return await self._ask("GET", "", seconds, headers=self._headers)

    def sharing(self, headers: dict[str, str]) -> "ProxiedConnection":
        """Return a wire with more headers over the same connections, which stay open after it."""
        wire = ProxiedConnection(self._base_url, {**self._headers, **headers}, self._proxy)
        wire._pool = self._pool
        wire._is_shared = True
        return wire

    def close(self) -> None:
        """Hang up, unless others go on with the connections."""
        if not self._is_shared:
            self._pool.close()

    async def _ask(self, method: str, path: str, seconds: float, **request: Any) -> WireResponse:
        timeout = aiohttp.ClientTimeout(total=seconds + CONNECT_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with self._pool.session().request(
                method,
                f"{self._base_url}{path}",
                proxy=self._proxy,
                timeout=timeout,
                allow_redirects=False,
                **request,
            ) as response:
                body = await response.content.read(MAX_BODY_BYTES + 1)
                while not response.content.at_eof() and len(body) <= MAX_BODY_BYTES:
                    body += await response.content.read(MAX_BODY_BYTES)
        except _NOT_SENT as error:
            raise UnreachableError(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LostError(type(error).__name__) from error
        if response.status == _PROXY_AUTHENTICATION_REQUIRED:
            raise UnreachableError("the proxy wants to know who we are")
        if len(body) > MAX_BODY_BYTES:
            raise LostError("answer too large")
        headers = {
            name.lower().encode("latin-1"): value.encode("latin-1", "replace")
            for name, value in response.headers.items()
        }
        return WireResponse(response.status, headers, body)


async def wait_closed() -> None:
    """Wait until every connection has hung up that was told to."""
    await asyncio.gather(*_closing, return_exceptions=True)


class _Pool:
    """The connections, which are made in the loop that first asks for them."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            task = asyncio.get_running_loop().create_task(session.close())
            _closing.add(task)
            task.add_done_callback(_closing.discard)


AnyConnection = Wire | ProxiedConnection


def open_connection(
    url: str, headers: dict[str, str], proxies: Proxies = NO_PROXIES
) -> AnyConnection:
    """Return the way to a server: our own connections, or through the proxy of its address."""
    proxy = proxies.for_url(url)
    return ProxiedConnection(url, headers, proxy) if proxy else Wire(url, headers)

"""
The server's connections: time limits for each, and which to close when there are too many.

A client that has not yet sent a valid token is a stranger. Strangers get little time and few
connections. When there are too many, the oldest are closed first, so that there is always room
for authenticated callers. Nothing here looks at the data that is sent.
"""

import asyncio
import resource
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

logger = structlog.get_logger(__name__)

#: How often the connections are looked through.
_CONNECTION_SWEEP_SECONDS = 1.0
#: Files that the process needs for other things than connections.
_OTHER_FILES = 200
_MIN_CONNECTIONS = 64


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits in seconds and numbers; `grace` protects new connections from being closed."""

    head_seconds: float = 10.0  #: for request line and headers, from the first byte
    idle_seconds: float = 75.0  #: between two requests; longer than the usual proxy's 60
    answer_seconds: float = 20.0  #: for a handler; a database that is locked takes for ever
    unread_seconds: float = 30.0  #: for a caller that does not take its response
    grace_seconds: float = 1.0
    strangers: int = 200
    strangers_of_one_address: int = 100
    connections: int = 4_096


def limits_of_system() -> ConnectionLimits:
    """Return the usual limits, lowered to what the system lets this process open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    usual = ConnectionLimits()
    if files == resource.RLIM_INFINITY:
        return usual
    limit = max(_MIN_CONNECTIONS, min(usual.connections, files - _OTHER_FILES))
    return ConnectionLimits(strangers=min(usual.strangers, limit // 2), connections=limit)


class OpenConnections:
    """All connections of a server. Use it in one event loop."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: dict[Any, _Guarded] = {}  # by transport, oldest first
        self._sweep: asyncio.TimerHandle | None = None

    def guard(self, factory: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """Return a protocol factory whose connections are looked after."""
        return lambda: _Guarded(factory(), self)

    def begin(self, transport: Any) -> None:
        """Note that a request has arrived on this connection, at least its headers."""
        if (one := self._open.get(transport)) is not None:
            one.waiting_since = one.idle_since = None
            one.is_busy = True

    def end(self, transport: Any) -> None:
        """Note that the request is answered."""
        if (one := self._open.get(transport)) is not None:
            one.is_busy = False
            one.idle_since = asyncio.get_running_loop().time()

    def trust(self, transport: Any) -> None:
        """Record that the client of this connection is authenticated."""
        if (one := self._open.get(transport)) is not None:
            one.is_trusted = True

    def close(self) -> None:
        """Look no more."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    def admit(self, one: "_Guarded") -> bool:
        """Take a new connection in, or return False if there is no room for it."""
        if len(self._open) >= self.limits.connections:
            self.sweep()
        if len(self._open) >= self.limits.connections:
            self._close_longest_idle()
        if len(self._open) >= self.limits.connections:
            logger.warning("http_connection_refused", open=len(self._open))
            return False
        self._open[one.transport] = one
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(
                _CONNECTION_SWEEP_SECONDS, self._look
            )
        return True

    def drop(self, one: "_Guarded") -> None:
        """Forget a connection that is closed."""
        self._open.pop(one.transport, None)

    def sweep(self) -> None:
        """Close what takes too long, and of too many strangers those that came first."""
        now = asyncio.get_running_loop().time()
        late = [one for one in self._open.values() if one.is_late(now, self.limits)]
        strangers = [one for one in self._open.values() if not one.is_trusted and one not in late]
        for one in (*late, *self._too_many(strangers, now)):
            self.drop(one)
            one.abort()

    def _close_longest_idle(self) -> None:
        """
        Close the trusted connection that has been idle for the longest time.

        Otherwise one caller could keep all others out with connections that it does not use.
        """
        idle = [one for one in self._open.values() if one.is_trusted and one.idle_since is not None]
        if idle:
            longest = min(idle, key=lambda one: one.idle_since or 0.0)
            self.drop(longest)
            longest.abort()

    def _look(self) -> None:
        self.sweep()
        self._sweep = None
        if self._open:
            self._sweep = asyncio.get_running_loop().call_later(
                _CONNECTION_SWEEP_SECONDS, self._look
            )

    def _too_many(self, strangers: list["_Guarded"], now: float) -> list["_Guarded"]:
        """Return the connections to close to be within the limits; never brand-new ones."""
        limits = self.limits
        of_address: dict[str, int] = {}
        kept = 0
        closed: list[_Guarded] = []
        for one in reversed(strangers):  # The newest are kept.
            known = of_address.get(one.address, 0)
            full = kept >= limits.strangers or known >= limits.strangers_of_one_address
            if full and now - one.since > limits.grace_seconds:
                closed.append(one)
                continue
            kept += 1
            of_address[one.address] = known + 1
        return closed


class _Guarded(asyncio.Protocol):
    """Passes everything on to the real protocol, and notes the times."""

    def __init__(self, inner: asyncio.Protocol, owner: OpenConnections) -> None:
        self._inner: asyncio.Protocol | None = inner
        self._owner = owner
        self.transport: Any = None
        self.address = ""
        self.since = 0.0
        self.waiting_since: float | None = None  # for the rest of a request's headers
        self.unread_since: float | None = None
        self.idle_since: float | None = None  # between two requests
        self.is_busy = False
        self.is_trusted = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self.since = self.waiting_since = asyncio.get_running_loop().time()
        if self._owner.admit(self):
            if self._inner is not None:
                self._inner.connection_made(transport)
            return
        self._inner = None
        transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._inner is None:
            return
        if not self.is_busy and self.waiting_since is None:
            self.waiting_since = asyncio.get_running_loop().time()
            self.idle_since = None
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        self.unread_since = asyncio.get_running_loop().time()
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        self.unread_since = None
        if self._inner is not None:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.drop(self)
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def is_late(self, now: float, limits: ConnectionLimits) -> bool:
        """Tell whether the client has exceeded a time limit."""
        waits = self.waiting_since is not None and now - self.waiting_since > limits.head_seconds
        unread = self.unread_since is not None and now - self.unread_since > limits.unread_seconds
        return waits or unread

    def abort(self) -> None:
        """Close the connection at once."""
        self.transport.abort()

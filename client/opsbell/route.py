"""The way to the server: straight or through the environment's proxy, plain or TLS."""

from __future__ import annotations

import os
import re
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

ORIGIN = re.compile(
    r"(?:(https?)://)?(?:([^/@]*)@)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?/?\Z", re.IGNORECASE
)
MAX_HEAD_BYTES = 65536


class Route:
    """How to reach *origin* (`https://host:port`); knows nothing of requests."""

    def __init__(self, origin: str, environ: Mapping[str, str] = os.environ) -> None:
        scheme, _, self.host, self.port = _parts(origin)
        self.is_tls = scheme == "https"
        self.authority = origin.partition("://")[2]
        self._proxy = _proxy(scheme, self.host, environ)
        # A proxy is told the whole address, except inside a tunnel.
        self.target_prefix = origin if self._proxy and not self.is_tls else ""
        self._login = _login(self._proxy[1]) if self._proxy else ""
        self.extra_headers = self._login if self.target_prefix else ""
        self._tls = _tls() if self.is_tls else None

    def open(self, timeout: float) -> socket.socket:
        """Connect within about *timeout* seconds; raises OSError."""
        host, port = (self._proxy[2], self._proxy[3]) if self._proxy else (self.host, self.port)
        # As bytes, because for text the socket module imports a codec, in the reporter's thread.
        address = host.encode("ascii") if host.isascii() else host
        channel = socket.create_connection((address, port), timeout)  # type: ignore[arg-type]
        try:
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return channel
            if self._proxy:
                self._tunnel(channel)
            return self._tls.wrap_socket(channel, server_hostname=self.host)
        except BaseException:
            channel.close()
            raise

    def _tunnel(self, channel: socket.socket) -> None:
        host = f"[{self.host}]" if ":" in self.host else self.host
        lines = f"CONNECT {host}:{self.port} HTTP/1.1\r\nHost: {host}:{self.port}\r\n"
        channel.sendall((lines + self._login + "\r\n").encode("latin-1"))
        head = b""
        while b"\r\n\r\n" not in head and len(head) < MAX_HEAD_BYTES:
            # One at a time, so that no byte of the TLS handshake is taken.
            byte = channel.recv(1)
            if not byte:
                break
            head += byte
        if not re.match(rb"HTTP/1\.\d 200\b", head):
            raise ConnectionError("the proxy refused the tunnel")


def _parts(origin: str) -> tuple[str, str, str, int]:
    match = ORIGIN.match(origin)
    if match is None:
        raise ConnectionError("not an address: " + origin.rpartition("@")[2])
    scheme = (match[1] or "http").lower()
    port = int(match[4] or (443 if scheme == "https" else 80))
    return scheme, match[2] or "", match[3].strip("[]"), port


def _proxy(scheme: str, host: str, environ: Mapping[str, str]) -> tuple[str, str, str, int] | None:
    """Read `https_proxy` and friends the way curl does; loopback never goes through one."""
    name = scheme + "_proxy"
    # Upper-case HTTP_PROXY can be set by a request header under CGI, so it is not read there.
    upper = "" if "REQUEST_METHOD" in environ else environ.get(name.upper(), "")
    address = environ.get(name) or upper
    if not address or host in ("localhost", "::1") or host.startswith("127."):
        return None
    exempt = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    for entry in exempt.lower().replace(",", " ").split():
        bare = entry.lstrip("*.")
        if entry == "*" or host == bare or (bare and host.endswith("." + bare)):
            return None
    return _parts(address)


def _login(user: str) -> str:
    if not user:
        return ""
    from base64 import b64encode
    from urllib.parse import unquote

    return f"Proxy-Authorization: Basic {b64encode(unquote(user).encode()).decode()}\r\n"


def _tls() -> ssl.SSLContext:
    import ssl  # Half of what the client costs to import, and not needed on plain HTTP.

    return ssl.create_default_context()

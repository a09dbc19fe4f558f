"""The HTTP proxy for a call: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as in curl."""

import ipaddress
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
#: A web socket goes the way of what it begins as.
_SECURE = ("https", "wss")


@dataclass(frozen=True)
class Proxies:
    """The proxies of this process; they may hold passwords and are never shown."""

    https: str | None = field(default=None, repr=False)
    http: str | None = field(default=None, repr=False)
    excepted: str | None = None

    def for_url(self, url: str) -> str | None:
        """Return the proxy that calls to *url* go through, or None."""
        parts = urlsplit(url)
        proxy = self.https if parts.scheme.lower() in _SECURE else self.http
        if not proxy or self._is_excepted(parts.hostname or "", parts.port):
            return None
        return _with_scheme(proxy)

    def _is_excepted(self, host: str, port: int | None) -> bool:
        entries = (entry.strip().lower() for entry in (self.excepted or "").split(","))
        return any(
            _is_named_by(entry, host.lower().rstrip("."), port) for entry in entries if entry
        )


NO_PROXIES = Proxies()


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_problem(proxy: str) -> str | None:
    """Return why this is no address of a proxy; it does not repeat it, for it may be a secret."""
    try:
        parts = urlsplit(_with_scheme(proxy))
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.scheme not in ("http", "https"):
        return "must be the address of an HTTP proxy, e.g. http://proxy.example.com:3128"
    return None


def _is_named_by(entry: str, host: str, port: int | None) -> bool:
    """Tell whether an entry of NO_PROXY names this host: a name, its parent, an address, a net."""
    if entry == "*":
        return True
    name, its_port = _split_port(entry)
    if its_port is not None and its_port != port:
        return False
    try:
        return ipaddress.ip_address(host.strip("[]")) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        parent = name.removeprefix("*").strip(".")
        return bool(parent) and (host == parent or host.endswith(f".{parent}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    name, colon, port = entry.rpartition(":")
    is_ipv6 = name.count(":") > 0 and not name.endswith("]")
    if not colon or is_ipv6 or not port.isdecimal():
        return entry.strip("[]"), None
    return name.strip("[]"), int(port)


def hide_from_sdk(
    environ: MutableMapping[str, str], own_urls: Iterable[str], proxies: Proxies
) -> None:
    """
    Keep slack_sdk from a proxy that NO_PROXY excepts Slack from: it knows no exceptions.

    Everything else that reads the environment, Apprise and child processes, knows `ALL_PROXY`.
    """
    if any(proxies.for_url(url) for url in own_urls):
        return
    for name in ("https_proxy", "http_proxy"):
        for spelled in (name.upper(), name):
            proxy = environ.pop(spelled, None)
            if proxy:
                environ.setdefault("ALL_PROXY", proxy)

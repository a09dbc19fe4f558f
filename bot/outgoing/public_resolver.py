"""Resolves host names for outside calls; refuses names that lead into our own network."""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

#: Suffixes that exist only in private networks; a name with one is meant to be private.
_OWN_ENDS = (".internal", ".local", ".localdomain", ".localhost", ".lan", ".home.arpa")
#: IPv6 addresses that a gateway takes for the IPv4 address in their last 32 bits.
_IPV4_AT_THE_END = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
)
#: Private, reserved or retired, and yet global to Python.
_NOT_THE_INTERNET: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = (
    *map(ipaddress.IPv6Network, ("64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16")),
    ipaddress.IPv4Network("192.88.99.0/24"),
)
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PublicResolver(AbstractResolver):
    """
    Refuses a public name that resolves to a private address, as a hijacked one would.

    What is resolved is what is connected to, so a name cannot change its mind in between. With
    *setting*, which is named to people, names that belong to our own network are allowed: they
    were written down on purpose. Numeric addresses never come here, see `leads_inside`.
    """

    def __init__(
        self, resolver: AbstractResolver | None = None, *, setting: str | None = None
    ) -> None:
        self._resolver = resolver or ThreadedResolver()
        self._setting = setting

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of *host*; raise `OSError` if one of them is private."""
        found = await self._resolver.resolve(host, port, family)
        if self._setting and is_own_name(host):
            return found
        if not all(is_public(one["host"]) for one in found):
            allow = f"; allow it with {self._setting}" if self._setting else ""
            raise OSError(f"{host} leads to a private address{allow}")
        return found

    async def close(self) -> None:
        """Nothing is kept open."""
        await self._resolver.close()


def is_own_name(host: str) -> bool:
    """Tell whether a name belongs to our own network only."""
    name = host.rstrip(".").lower()
    return "." not in name or name.endswith(_OWN_ENDS)


def leads_inside(host: str) -> bool:
    """Tell whether a host of an address is in our own network, as far as it can be read off."""
    try:
        return not is_public(host)
    except ValueError:
        return is_own_name(host)


def is_public(address: str) -> bool:
    """Tell whether an address is on the public internet; raise `ValueError` for a name."""
    found = _reached(ipaddress.ip_address(address.partition("%")[0]))
    if found.is_multicast or any(found in network for network in _NOT_THE_INTERNET):
        return False
    return found.is_global


def _reached(address: _Address) -> _Address:
    """Return the IPv4 address that an IPv6 address is translated to, if one is in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if any(address in network for network in _IPV4_AT_THE_END):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour or address

"""Resolves host names for outside calls; refuses names that lead into our own network."""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

#: Suffixes that exist only in private networks; a name with one is meant to be private.
_OWN_ENDS = (".internal", ".local", ".localdomain", ".localhost", ".lan", ".home.arpa")


class PublicResolver(AbstractResolver):
    """
    Refuses a public name that resolves to a private address, as a hijacked one would.

    Numeric addresses, and names that belong to our own network, were written into the settings on
    purpose and are allowed.
    """

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of *host*; raise `OSError` if one of them is private."""
        found = await self._resolver.resolve(host, port, family)
        if not is_own_name(host) and not all(is_public(one["host"]) for one in found):
            raise OSError(f"{host} leads to a private address; allow it with private_addresses")
        return found

    async def close(self) -> None:
        """Nothing is kept open."""
        await self._resolver.close()


def is_own_name(host: str) -> bool:
    """Tell whether a name belongs to our own network only."""
    name = host.rstrip(".").lower()
    return "." not in name or name.endswith(_OWN_ENDS)


def is_public(address: str) -> bool:
    """Tell whether an address is on the public internet."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global

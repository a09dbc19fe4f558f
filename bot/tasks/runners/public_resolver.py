"""Names to addresses, for what is called out there: no name may lead into our own network."""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

#: Names that can only mean something in our own network; whoever writes one means it.
OWN_ENDS = (".internal", ".local", ".localdomain", ".localhost", ".lan", ".home.arpa")


class PublicResolver(AbstractResolver):
    """
    Refuses a public name that leads to a private address, as one that was taken over would.

    An address in figures, and a name that is our own network's by itself, are what somebody wrote
    into the settings: those are let through.
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
    """Tell whether a name is one of our own network only."""
    name = host.rstrip(".").lower()
    return "." not in name or name.endswith(OWN_ENDS)


def is_public(address: str) -> bool:
    """Tell whether an address is one of the internet."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global

"""Creates the transport for a lane, chosen by the lane's key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.errors import NoTransportError
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.transports.base import Transport


def _keep_open() -> None:
    """Close nothing: somebody else still needs it."""


@dataclass(frozen=True)
class Opened:
    """A lane's way out and its budgets; the lane calls *close* at its end."""

    transport: Transport
    pacing: Pacing = field(default_factory=Pacing)
    close: Callable[[], None] = _keep_open


#: Opens the way out of one key; raises `NoTransportError` with the reason that health shows.
Make = Callable[[str], Awaitable[Opened]]


class Transports:
    """
    Knows who makes the transport of which lane.

    A key is a workspace's id (`T0…`), or has a prefix of its own kind (`to:…`). Nothing is made
    before a lane has something to do.
    """

    def __init__(self) -> None:
        self._makers: dict[str, Make] = {}

    def add(self, prefix: str, make: Make) -> None:
        """Let *make* open every key that begins with *prefix*; the longest prefix decides."""
        if prefix in self._makers:
            raise ValueError(f"keys that begin with {prefix!r} have their maker already")
        self._makers[prefix] = make

    async def open(self, key: str) -> Opened:
        """Return the way out of *key*; raise `NoTransportError`."""
        fitting = [prefix for prefix in self._makers if key.startswith(prefix)]
        if not fitting:
            raise NoTransportError("nobody_delivers_there")
        return await self._makers[max(fitting, key=len)](key)

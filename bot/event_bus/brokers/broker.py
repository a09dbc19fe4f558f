"""What the bus needs of any broker."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import OpsbellError

#: How long a broker may take to answer.
BROKER_SECONDS = 5.0


class BrokerError(OpsbellError):
    """The broker is away or does not do what it was asked; the message holds no secret."""


class MessageTooLargeError(BrokerError):
    """The broker takes no message of this size."""


@dataclass(frozen=True)
class BusMessage:
    """A message to publish. `key` keeps what belongs together in order, where a broker can."""

    id: str
    type: str
    key: str
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Arrived(Protocol):
    """A message that is the broker's until it is acknowledged; header names are small letters."""

    body: bytes
    headers: Mapping[str, str]
    #: Whether the broker has delivered it before, as far as it knows.
    is_redelivered: bool

    async def ack(self) -> None:
        """Acknowledge it, so that the broker does not deliver it again."""
        ...

    async def keep(self) -> None:
        """Tell the broker that it is still worked on."""
        ...


class Broker(Protocol):
    """
    One connection. After any error it is closed and another one is made.

    All methods raise `BrokerError` if the broker is away.
    """

    async def open(self, *, receives: bool) -> None:
        """Connect and create what is missing: for requests if it *receives*, else for events."""
        ...

    async def next(self, seconds: float) -> Arrived | None:
        """Return the oldest message that is not done with; None if none comes in that time."""
        ...

    async def publish(self, topic: str, message: BusMessage) -> None:
        """Return once the broker has stored the message."""
        ...

    async def waiting(self, topic: str) -> int | None:
        """
        Connect if need be, and return how many messages of a topic wait; None if it is missing.

        Of requests those that are not done with count, of dead letters all; of events nobody knows
        who still reads them. Creates nothing.
        """
        ...

    async def close(self) -> None:
        """Close the connection; the broker delivers again what was not acknowledged."""
        ...


@contextmanager
def broker_call(
    name: str, errors: tuple[type[Exception], ...], too_large: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Turn the *errors* of a package, and those of the network, into ours."""
    kinds: tuple[type[Exception], ...] = (*errors, OSError)  # TimeoutError is an OSError.
    try:
        yield
    except too_large as error:
        raise MessageTooLargeError(f"{name} takes no message of this size") from error
    except kinds as error:
        raise BrokerError(f"{name}: {str(error) or type(error).__name__}") from error


def header_texts(headers: Mapping[Any, Any]) -> dict[str, str]:
    """Return headers as texts, their names in small letters."""
    return {str(name).lower(): str(value) for name, value in headers.items()}


async def close_quietly(
    stop: Callable[[], Awaitable[None]],
    *errors: type[Exception],
    seconds: float = BROKER_SECONDS,
) -> None:
    """
    Close a connection that may be broken: the *errors* of *stop* are ignored.

    After *seconds* it is left alone: a client may wait without end for its broker's answer.
    """
    kinds: tuple[type[Exception], ...] = (*errors, OSError)
    try:
        async with asyncio.timeout(seconds):
            await stop()
    except* kinds:
        pass

"""What the bus needs of any broker."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

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

    async def ack(self) -> None:
        """Tell the broker that it is done with."""
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

    async def close(self) -> None:
        """Hang up; what was not acknowledged comes again."""
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


async def hang_up(stop: Callable[[], Awaitable[None]], *errors: type[Exception]) -> None:
    """Call *stop*, whatever state the connection is in."""
    kinds: tuple[type[Exception], ...] = (*errors, OSError)
    try:
        await stop()
    except* kinds:
        pass

"""How long a test waits for what has to happen."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

#: More than the busiest machine needs: only a test that fails waits as long.
PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.02

#: Settings of a Slack that waits for a busy app, where a test is not about its three seconds.
PATIENT = {"ack_seconds": PATIENCE_SECONDS, "trigger_seconds": PATIENCE_SECONDS}

Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found]], seconds: float = PATIENCE_SECONDS) -> Found:
    """Return the first true value of *look*; raise TimeoutError with the last one it saw."""
    end = time.monotonic() + seconds
    while not (found := await look()):
        if time.monotonic() > end:
            raise TimeoutError(f"Still {found!r} after {seconds} s.")
        await asyncio.sleep(LOOK_SECONDS)
    return found


def within(seconds: float, act: Callable[[], Found]) -> Found:
    """
    Repeat *act* until it takes at most so long, and return its result; fail if it never does.

    A busy machine can make any one try late, but hardly each of a whole minute.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        began = time.monotonic()
        found = act()
        took = time.monotonic() - began
        if took <= seconds:
            return found
        assert time.monotonic() < end, f"It took {took:.2f} s rather than {seconds}."

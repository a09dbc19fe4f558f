"""The live stream of what changes, for every open page."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from slack_playground.state import Record

# A page that reads nothing for this many events is told to start over.
BACKLOG = 2_000


class Listener:
    def __init__(self, user: str) -> None:
        self.user = user
        self.queue: asyncio.Queue[Record] = asyncio.Queue(BACKLOG)

    def offer(self, event: Record) -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            event = {"type": "state"}
        self.queue.put_nowait(event)


class Feed:
    """Hands each event to the pages of the people who may see it."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def pages_of(self, user: str) -> int:
        """Return how many pages this person has open."""
        return sum(listener.user == user for listener in self._listeners)

    @contextmanager
    def listen(self, user: str) -> Iterator[Listener]:
        listener = Listener(user)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Wake every listener so that it notices the end."""
        for listener in self._listeners:
            listener.offer({"type": "state"})

    def tell(
        self, make_event: Callable[[], Record], *, may_see: Callable[[str], bool] | None = None
    ) -> None:
        """
        Send an event to everyone who may see it.

        It is made only when somebody listens: drawing costs more than posting.
        """
        event: Record | None = None
        for listener in self._listeners:
            if may_see is None or may_see(listener.user):
                event = event or make_event()
                listener.offer(event)

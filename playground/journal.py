"""What was said on the wire, the newest few thousand lines of it."""

from collections import deque
from dataclasses import dataclass, field

from playground.state import Record

KEPT = 10_000


@dataclass(slots=True)
class Call:
    """One Web API call. `answer` is None when the connection was closed instead."""

    method: str
    arguments: Record
    answer: Record | None
    status: int
    at: float


@dataclass(slots=True)
class Envelope:
    """One try to deliver a payload to the app, and what became of it."""

    envelope_id: str
    type: str
    payload: Record
    at: float
    retry_attempt: int = 0
    outcome: str = "sent"
    answer: Record | None = None


@dataclass(slots=True)
class Journal:
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    envelopes: deque[Envelope] = field(default_factory=lambda: deque(maxlen=KEPT))

    def reset(self) -> None:
        self.calls.clear()
        self.envelopes.clear()

"""What was said on the wire and done by people, the newest few thousand lines of it."""

from collections import deque
from dataclasses import dataclass, field
from itertools import count

from slack_playground.state import Record

KEPT = 10_000


@dataclass(slots=True)
class Call:
    """One Web API call. `answer` is None when the connection was closed instead."""

    method: str
    arguments: Record
    answer: Record | None
    status: int
    at: float
    team: str = ""
    number: int = 0
    seconds: float = 0.0


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
    number: int = 0

    @property
    def team(self) -> str:
        team = self.payload.get("team_id") or self.payload.get("team", {}).get("id", "")
        return str(team)


@dataclass(slots=True)
class Action:
    """Something a person did: the page request that does the same, without `_playground/`."""

    request: str
    body: Record
    at: float
    team: str
    number: int = 0


@dataclass(slots=True)
class Birth:
    """A message, view or conversation that came to be: ids differ from run to run."""

    kind: str
    id: str
    place: str
    at: float
    team: str
    number: int = 0


Entry = Call | Envelope | Action | Birth


@dataclass(slots=True)
class Journal:
    """Entries are numbered in one row, so that what led to what can be seen."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    envelopes: deque[Envelope] = field(default_factory=lambda: deque(maxlen=KEPT))
    actions: deque[Action] = field(default_factory=lambda: deque(maxlen=KEPT))
    births: deque[Birth] = field(default_factory=lambda: deque(maxlen=KEPT))
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, entry: Entry) -> None:
        entry.number = next(self._numbers)
        if isinstance(entry, Call):
            self.calls.append(entry)
        elif isinstance(entry, Envelope):
            self.envelopes.append(entry)
        elif isinstance(entry, Action):
            self.actions.append(entry)
        else:
            self.births.append(entry)

    def entries(self, after: int = 0) -> list[Entry]:
        """Return what was noted after entry number `after`, oldest first."""
        rows: tuple[deque[Call] | deque[Envelope] | deque[Action] | deque[Birth], ...]
        rows = (self.calls, self.envelopes, self.actions, self.births)
        found: list[Entry] = [one for row in rows for one in row if one.number > after]
        return sorted(found, key=lambda one: one.number)

    def reset(self) -> None:
        self.calls.clear()
        self.envelopes.clear()
        self.actions.clear()
        self.births.clear()

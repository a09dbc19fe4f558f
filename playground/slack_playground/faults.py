"""Failures to order: what should go wrong with which method, and how often."""

import asyncio
import random
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from slack_playground.errors import PageError

CallFault = Literal["error", "http", "delay", "drop_answer", "refuse", "hold", "hold_answer"]
SocketFault = Literal[
    "refuse", "deaf", "close", "disconnect", "too_many_websockets", "link_disabled"
]
EnvelopeFault = Literal["lose", "twice", "delay"]
FaultKind = Literal[CallFault, SocketFault, EnvelopeFault]

# What is no Web API method but can fail as well, and how.
SOCKET, ENVELOPE = "socket", "envelope"
KINDS: dict[str, tuple[str, ...]] = {
    SOCKET: get_args(SocketFault),
    ENVELOPE: get_args(EnvelopeFault),
}
CALL_KINDS: tuple[str, ...] = get_args(CallFault)
#: What waits until it is let go; such a fault stands as long as it holds something.
HOLDS = ("hold", "hold_answer")
OTHER_CALLS = ("response_url", "webhook", "upload")

_TYPES: dict[str, tuple[type, ...]] = {
    "error": (str,),
    "errors": (list,),
    "status": (int,),
    "seconds": (int, float),
    "retry_after": (int,),
    "count": (int,),
    "probability": (int, float),
    "seed": (int,),
}


@dataclass(slots=True)
class Fault:
    """
    One ordered failure.

    For calls: `error` answers `ok: false` with `error`, and `errors`, as of refused
    blocks; `http` answers `status`
    (with Retry-After if given); `delay` waits `seconds` first; `refuse` closes
    the connection before any work; `drop_answer` works, then closes it. `hold`
    waits until the fault is taken back, then works; `hold_answer` works, then waits.
    `method` "*" stands for every method, "chat.*" for a family. For `socket`,
    it befalls a socket that opens; for `envelope`, one on its way to the app.
    It happens `count` times, or with `probability` on every call.
    """

    method: str
    kind: FaultKind
    error: str = "internal_error"
    errors: list[str] | None = None
    status: int = 500
    seconds: float = 1.0
    retry_after: int | None = None
    count: int | None = None
    probability: float | None = None
    seed: int | None = None
    id: str = field(init=False, default="")
    struck: int = field(init=False, default=0)
    chance: random.Random = field(init=False, repr=False)
    is_lost: bool = field(init=False, repr=False, default=False)
    _gate: asyncio.Event = field(init=False, repr=False, default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - dice for tests
        if self.count is None and self.probability is None:
            self.count = 1

    def strikes(self, method: str) -> bool:
        """Return whether this call fails, and count it if so."""
        if self.count == 0 or not self._aims_at(method):
            return False
        if self.probability is not None and self.chance.random() >= self.probability:
            return False
        if self.count is not None:
            self.count -= 1
        self.struck += 1
        return True

    def as_json(self) -> dict[str, Any]:
        """Return the order as it was given, with its id and what became of it."""
        return {
            one.name: value
            for one in fields(self)
            if one.repr and (value := getattr(self, one.name)) is not None
        }

    async def hold(self) -> bool:
        """Wait until this is taken back; return whether the request was to be lost on its way."""
        await self._gate.wait()
        return self.is_lost

    def let_go(self, *, lost: bool = False) -> None:
        """End every wait of `hold`; *lost*: what was not worked on yet never will be."""
        self.is_lost = lost
        self._gate.set()

    @property
    def is_spent(self) -> bool:
        """Whether it can neither strike nor hold anything any more."""
        return self.count == 0 and (self.kind not in HOLDS or self._gate.is_set())

    def _aims_at(self, method: str) -> bool:
        if method in KINDS or self.method in KINDS:
            return method == self.method
        return self.method == "*" or fnmatchcase(method, self.method)


class Faults:
    """The ordered failures, first come first served."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last = 0

    def add(self, fault: Fault) -> Fault:
        self._last += 1
        fault.id = f"fault-{self._last}"
        self._faults.append(fault)
        return fault

    def standing(self) -> list[Fault]:
        """Return the failures that may still strike, in the order they were ordered."""
        return list(self._faults)

    def remove(self, fault_id: str, *, lost: bool = False) -> bool:
        """Take one back and let go what it holds; False if it is not there (any more)."""
        known = len(self._faults)
        for fault in self._faults:
            if fault.id == fault_id:
                fault.let_go(lost=lost)
        self._faults = [fault for fault in self._faults if fault.id != fault_id]
        return len(self._faults) < known

    def reset(self) -> None:
        for fault in self._faults:
            fault.let_go()
        self._faults.clear()

    def take(self, method: str) -> Fault | None:
        """Return the fault that strikes this call, or None."""
        if not self._faults:
            return None
        found = next((fault for fault in self._faults if fault.strikes(method)), None)
        self._faults = [fault for fault in self._faults if not fault.is_spent]
        return found


def read_fault(order: dict[str, Any]) -> Fault:
    """Make a fault of a request's JSON; raise PageError if it is none."""
    method = order.get("method")
    if not isinstance(method, str):
        raise PageError("invalid_fault", "A fault needs the method it hits, or *.")
    kinds = KINDS.get(method, CALL_KINDS)
    if order.get("kind") not in kinds:
        raise PageError("invalid_fault", f"A fault of {method} is one of {', '.join(kinds)}.")
    details = {name: value for name, value in order.items() if name not in ("method", "kind")}
    unknown = sorted(details.keys() - _TYPES.keys())
    if unknown:
        raise PageError("invalid_fault", f"A fault has no {', '.join(unknown)}.")
    for name, value in details.items():
        is_number = not isinstance(value, bool) and isinstance(value, _TYPES[name])
        if value is not None and not is_number:
            raise PageError("invalid_fault", f"{name} must be {_TYPES[name][-1].__name__}.")
    return Fault(method, order["kind"], **details)

"""Failures to order: what should go wrong with which method, and how often."""

import random
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from playground.errors import PageError

FaultKind = Literal["error", "http", "delay", "drop_answer", "refuse"]


@dataclass(slots=True)
class Fault:
    """
    One ordered failure.

    `error` answers `ok: false` with `error`; `http` answers `status` (with
    Retry-After if given); `delay` waits `seconds` first; `refuse` closes the
    connection before any work; `drop_answer` works, then closes it.
    `method` "*" stands for every method. It happens `count` times, or with
    `probability` on every call.
    """

    method: str
    kind: FaultKind
    error: str = "internal_error"
    status: int = 500
    seconds: float = 1.0
    retry_after: int | None = None
    count: int | None = None
    probability: float | None = None
    seed: int | None = None
    chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - dice for tests
        if self.count is None and self.probability is None:
            self.count = 1

    def strikes(self, method: str) -> bool:
        """Return whether this call fails, and count it if so."""
        if self.method not in ("*", method) or self.count == 0:
            return False
        if self.probability is not None and self.chance.random() >= self.probability:
            return False
        if self.count is not None:
            self.count -= 1
        return True


class Faults:
    """The ordered failures, first come first served."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def reset(self) -> None:
        self._faults.clear()

    def take(self, method: str) -> Fault | None:
        """Return the fault that strikes this call, or None."""
        if not self._faults:
            return None
        found = next((fault for fault in self._faults if fault.strikes(method)), None)
        self._faults = [fault for fault in self._faults if fault.count != 0]
        return found


def read_fault(fields: dict[str, Any]) -> Fault:
    """Make a fault of a request's JSON; raise PageError if it is none."""
    known = {name for name in Fault.__slots__ if name != "chance"}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise PageError("invalid_fault", f"A fault has no {', '.join(unknown)}.")
    if not isinstance(fields.get("method"), str):
        raise PageError("invalid_fault", "A fault needs the method it hits, or *.")
    if fields.get("kind") not in get_args(FaultKind):
        raise PageError("invalid_fault", f"A fault is one of {', '.join(get_args(FaultKind))}.")
    return Fault(**fields)

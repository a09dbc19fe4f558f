"""
Limiters for Slack's rate limits: a sliding window of calls, and a token bucket.

A call reaches Slack at an unknown time between its claim and its answer. So it counts from its
claim on, and its minute starts with its answer.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: A minute, and a little for a clock that is not ours.
WINDOW = timedelta(seconds=60.5)
#: How long the one call after a `Retry-After` may take to tell whether Slack is ready again.
_TRIAL = timedelta(seconds=15)


@dataclass
class _Freeze:
    """
    A `Retry-After` that is obeyed. When it is over one call goes first, alone.

    A Slack that refuses everything would get the whole budget each time otherwise.
    """

    until: datetime | None = None
    is_trying: bool = False  # the one call is on its way

    def holds(self, now: datetime) -> bool:
        """Tell whether nothing may go yet."""
        return self.until is not None and now < self.until

    def was_refused(self, now: datetime) -> bool:
        """Tell whether Slack's own time is still running."""
        return self.holds(now) and not self.is_trying

    def begin(self, until: datetime) -> None:
        """Hold until *until*; an earlier end than is known already changes nothing."""
        known = None if self.is_trying else self.until
        self.until = max(until, known or until)
        self.is_trying = False

    def try_one(self, now: datetime) -> None:
        """Hold the others while the call that is being made may still be refused."""
        if self.until is not None:
            self.until = now + _TRIAL
            self.is_trying = True

    def lift(self) -> None:
        """Hold no more, if the one call is through; one made before the refusal says nothing."""
        if self.is_trying:
            self.until = None
            self.is_trying = False


@dataclass
class SlidingWindow:
    """One method's calls of the last minute, or `span`: never more than `most`."""

    limit: int
    span: timedelta = WINDOW
    #: False: who takes the calls has no limit of that kind, only should not be rushed.
    is_strict: bool = True
    calls: deque[datetime] = field(default_factory=deque)
    freeze: _Freeze = field(default_factory=_Freeze)

    def is_open(self, now: datetime, spare: int = 0) -> bool:
        """Tell whether a call may go that leaves *spare* of the budget to others."""
        self._forget(now)
        return not self.freeze.holds(now) and len(self.calls) < self.limit - spare

    def used(self, now: datetime) -> float:
        """Return the share of the limit that was used; may be asked from another thread."""
        since = now - self.span
        return sum(at > since for at in tuple(self.calls)) / self.limit

    def left(self, now: datetime) -> int:
        """Return how many calls may go now."""
        self._forget(now)
        if self.freeze.holds(now):
            return 0
        left = max(self.limit - len(self.calls), 0)
        return min(left, 1) if self.freeze.until else left

    def spend(self, at: datetime) -> None:
        """Count a call."""
        self.calls.append(at)
        self.freeze.try_one(at)

    def send(self, at: datetime) -> None:
        """Count a call that is answered later."""
        self.spend(at)

    def take_back(self, at: datetime) -> None:
        """Count a call no longer that was spent at *at*, and was not made."""
        if at in self.calls:
            self.calls.remove(at)

    def answered(self, at: datetime, now: datetime) -> None:
        """Count from now on a call that was spent at *at*: Slack may have got it only now."""
        if self.is_strict:
            self.take_back(at)
            self.calls.append(now)

    def opens_at(self, now: datetime, spare: int = 0) -> datetime:
        """Return the first time, perhaps now, at which a call may go."""
        self._forget(now)
        times = [now]
        if len(self.calls) >= self.limit - spare:
            times.append(self.calls[len(self.calls) - (self.limit - spare)] + self.span)
        if self.freeze.until is not None:
            times.append(self.freeze.until)
        return max(times)

    def _forget(self, now: datetime) -> None:
        if self.calls and self.calls[-1] > now:  # The machine's clock was set back.
            self.calls = deque(min(at, now) for at in self.calls)
        while self.calls and self.calls[0] <= now - self.span:
            self.calls.popleft()


@dataclass
class TokenBucket:
    """
    Tokens up to `burst`, coming back at `rate` a second.

    One that is on its way to Slack may be taken there only later: until it is answered, no other
    can come back in its place.
    """

    burst: float
    rate: float
    under_way: list[datetime] = field(default_factory=list)
    tokens: float = field(init=False)
    filled_at: datetime | None = None
    freeze: _Freeze = field(default_factory=_Freeze)

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def is_open(self, now: datetime) -> bool:
        """Tell whether there is a token."""
        return not self.freeze.holds(now) and self.level(now) >= 1

    def is_idle(self, now: datetime) -> bool:
        """Tell whether a new bucket would say the same."""
        return self.freeze.until is None and self.level(now) >= self.burst

    def level(self, now: datetime) -> float:
        """Return the tokens there are now."""
        if self.under_way and self.under_way[0] <= now - WINDOW:  # Nobody waits so long.
            self.under_way = [at for at in self.under_way if at > now - WINDOW]
        if self.filled_at is not None:
            passed = max(0.0, (now - self.filled_at).total_seconds())
            limit = self.burst - len(self.under_way)
            self.tokens = min(limit, self.tokens + passed * self.rate)
        self.filled_at = now
        return self.tokens

    def spend(self, at: datetime) -> None:
        """Take one token; the level may go below zero when a call could not wait."""
        self.level(at)
        self.tokens -= 1
        self.freeze.try_one(at)

    def send(self, at: datetime) -> None:
        """Take one token for a call that is answered later."""
        self.spend(at)
        self.under_way.append(at)

    def answered(self, at: datetime, now: datetime) -> None:
        """Let a token come back for the call that was sent at *at*."""
        self.level(now)
        if at in self.under_way:
            self.under_way.remove(at)

    def take_back(self, at: datetime) -> None:
        """Put back the token of a call that was to be sent at *at*, and was not."""
        if at in self.under_way:
            self.under_way.remove(at)
            self.tokens += 1

    def opens_at(self, now: datetime) -> datetime:
        """Return the first time, perhaps now, at which there is a token."""
        times = [now]
        missing = 1 - self.level(now)
        if missing > 0 and len(self.under_way) > self.burst - 1:
            times.append(now + WINDOW)  # An answer comes first, and the lane is woken by it.
        elif missing > 0:
            # Rounded up, and one more: a moment too early would find the bucket still closed.
            micros = math.ceil(missing / self.rate * 1e6) + 1
            times.append(now + timedelta(microseconds=micros))
        if self.freeze.until is not None:
            times.append(self.freeze.until)
        return max(times)

"""
Slack's budgets, kept so that Slack never has to remind us.

Slack counts calls per method and workspace by the minute and takes about one post a second per
channel (https://docs.slack.dev/apis/web-api/rate-limits). How it cuts its minutes it does not say:
calls are counted here one by one, so that no sixty seconds anywhere hold more than the tier.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: A minute, and what calls may spread or bunch up on their way to Slack.
WINDOW = timedelta(seconds=60.5)
#: Edits in a minute that only final states and other prompt edits may use.
EDIT_RESERVE = 4
#: How long the one call after a `Retry-After` may take to tell whether Slack is ready again.
TRIAL = timedelta(seconds=15)

MANY = 1_000_000


@dataclass
class Freeze:
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
            self.until = now + TRIAL
            self.is_trying = True

    def lift(self) -> None:
        """Hold no more, if the one call is through; one made before the refusal says nothing."""
        if self.is_trying:
            self.until = None
            self.is_trying = False


@dataclass
class Window:
    """One method's calls of the last minute, or `span`: never more than `most`."""

    most: int
    span: timedelta = WINDOW
    calls: deque[datetime] = field(default_factory=deque)
    freeze: Freeze = field(default_factory=Freeze)

    def is_open(self, now: datetime, spare: int = 0) -> bool:
        """Tell whether a call may go that leaves *spare* of the budget to others."""
        self._forget(now)
        return not self.freeze.holds(now) and len(self.calls) < self.most - spare

    def left(self, now: datetime) -> int:
        """Return how many calls may go now."""
        self._forget(now)
        if self.freeze.holds(now):
            return 0
        left = max(self.most - len(self.calls), 0)
        return min(left, 1) if self.freeze.until else left

    def spend(self, at: datetime) -> None:
        """Count a call."""
        self.calls.append(at)
        self.freeze.try_one(at)

    def opens_at(self, now: datetime, spare: int = 0) -> datetime:
        """Return the first time, perhaps now, at which a call may go."""
        self._forget(now)
        times = [now]
        if len(self.calls) >= self.most - spare:
            times.append(self.calls[len(self.calls) - (self.most - spare)] + self.span)
        if self.freeze.until is not None:
            times.append(self.freeze.until)
        return max(times)

    def _forget(self, now: datetime) -> None:
        if self.calls and self.calls[-1] > now:  # The machine's clock was set back.
            self.calls = deque(min(at, now) for at in self.calls)
        while self.calls and self.calls[0] <= now - self.span:
            self.calls.popleft()


@dataclass
class Bucket:
    """Tokens up to `burst`, coming back at `rate` a second."""

    burst: float
    rate: float
    tokens: float = field(init=False)
    filled_at: datetime | None = None
    freeze: Freeze = field(default_factory=Freeze)

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
        if self.filled_at is not None:
            passed = max(0.0, (now - self.filled_at).total_seconds())
            self.tokens = min(self.burst, self.tokens + passed * self.rate)
        self.filled_at = now
        return self.tokens

    def spend(self, at: datetime) -> None:
        """Take one token; the level may go below zero when a call could not wait."""
        self.level(at)
        self.tokens -= 1
        self.freeze.try_one(at)

    def opens_at(self, now: datetime) -> datetime:
        """Return the first time, perhaps now, at which there is a token."""
        times = [now]
        missing = 1 - self.level(now)
        if missing > 0:
            # Rounded up, and one more: a moment too early would find the bucket still closed.
            micros = math.ceil(missing / self.rate * 1e6) + 1
            times.append(now + timedelta(microseconds=micros))
        if self.freeze.until is not None:
            times.append(self.freeze.until)
        return max(times)


def of_progress() -> Bucket:
    """Return what spreads progress: a few edits at once, then as many as a minute's edits allow."""
    return Bucket(burst=8, rate=49 / WINDOW.total_seconds())


@dataclass
class Pacing:
    """The budgets of one workspace. Pure: it is told the time and makes no calls."""

    posts: Window = field(default_factory=lambda: Window(295))
    edits: Window = field(default_factory=lambda: Window(49))
    lookups: Window = field(default_factory=lambda: Window(45))
    progress: Bucket = field(default_factory=of_progress)
    channels: dict[str, Bucket] = field(default_factory=dict)
    unlimited: bool = False

    def take_post(self, channel: str, now: datetime, *, looks_up: bool = False) -> bool:
        """Take what one post to *channel* costs; False, and nothing taken, if it may not go now."""
        budgets: list[Window | Bucket] = [self.posts, self.channel(channel)]
        if looks_up:
            budgets.append(self.lookups)
        if self.unlimited:
            return True
        if not all(budget.is_open(now) for budget in budgets):
            return False
        for budget in budgets:
            budget.spend(now)
        return True

    def take_edit(self, now: datetime, *, is_progress: bool) -> bool:
        """Take what one edit costs; progress leaves the reserve to what must be prompt."""
        if self.unlimited:
            return True
        if not self.may_edit(now, is_progress=is_progress):
            return False
        self.edits.spend(now)
        if is_progress:
            self.progress.spend(now)
        return True

    def may_edit(self, now: datetime, *, is_progress: bool) -> bool:
        """Tell whether an edit may go now."""
        if is_progress:
            return self.progress.is_open(now) and self.edits.is_open(now, EDIT_RESERVE)
        return self.edits.is_open(now)

    def posts_left(self, now: datetime) -> int:
        """Return how many posts may go now, whatever their channels say; many if unlimited."""
        return MANY if self.unlimited else self.posts.left(now)

    def edits_left(self, now: datetime) -> int:
        """Return how many edits may go now; many if unlimited."""
        return MANY if self.unlimited else self.edits.left(now)

    def remember(self, channel: str, at: datetime, *, was_edit: bool) -> None:
        """Count a call that was made before this process began, in the order of time."""
        if was_edit:
            self.edits.spend(at)
        else:
            self.posts.spend(at)
            self.channel(channel).spend(at)

    def freeze(self, channel: str, until: datetime, *, now: datetime, is_edit: bool) -> None:
        """
        Obey a `Retry-After`: for edits the method, for posts the channel.

        Slack does not say which of a post's limits was met. When a second channel is refused
        while the first is still frozen, it was the workspace's, and all posts wait.
        """
        if is_edit:
            self.edits.freeze.begin(until)
            return
        others = [bucket for name, bucket in self.channels.items() if name != channel]
        if any(bucket.freeze.was_refused(now) for bucket in others):
            self.posts.freeze.begin(until)
        self.channel(channel).freeze.begin(until)

    def thaw(self, channel: str, *, is_edit: bool) -> None:
        """Go on as before if this was the call that went first: Slack has answered it."""
        if is_edit:
            self.edits.freeze.lift()
            return
        for budget in (self.posts, self.lookups, self.channel(channel)):
            budget.freeze.lift()

    def freezes(self) -> Iterator[tuple[str, str, datetime]]:
        """Yield each `Retry-After`: the method, the channel or "" for all of them, and the end."""
        for method, window in self._methods().items():
            if window.freeze.until and not window.freeze.is_trying:
                yield method, "", window.freeze.until
        for name, bucket in self.channels.items():
            if bucket.freeze.until and not bucket.freeze.is_trying:
                yield "posts", name, bucket.freeze.until

    def refreeze(self, method: str, channel: str, until: datetime) -> None:
        """Obey what another process was told, as `freezes` said it; after `remember`."""
        budget = self.channel(channel) if channel else self._methods()[method]
        budget.freeze.begin(until)

    def _methods(self) -> dict[str, Window]:
        return {"posts": self.posts, "edits": self.edits, "lookups": self.lookups}

    def channel(self, channel: str) -> Bucket:
        """Return the channel's own bucket: one post a second after a small burst."""
        if channel not in self.channels:
            self.channels[channel] = Bucket(burst=4, rate=0.95)
        return self.channels[channel]

    def closed_channels(self, now: datetime) -> list[str]:
        """Return the channels that may not be posted to now, and forget the idle ones."""
        if self.unlimited:
            return []
        for name in [name for name, bucket in self.channels.items() if bucket.is_idle(now)]:
            del self.channels[name]
        return [name for name, bucket in self.channels.items() if not bucket.is_open(now)]

    def next_opening(self, now: datetime) -> datetime:
        """Return the next time at which something that may not go now perhaps may."""
        later = [at for at in self._openings(now) if at > now]
        return min(later, default=now + timedelta(seconds=60))

    def _openings(self, now: datetime) -> Iterator[datetime]:
        for method in self._methods().values():
            yield method.opens_at(now)
        for channel in self.channels.values():
            yield channel.opens_at(now)
        yield max(self.progress.opens_at(now), self.edits.opens_at(now, EDIT_RESERVE))

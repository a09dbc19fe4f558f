"""
Slack's rate limits, kept so that Slack never answers 429.

Slack counts calls per method and workspace by the minute and accepts about one post a second per
channel (https://docs.slack.dev/apis/web-api/rate-limits). It does not document how it divides
time into minutes: every call is counted, so that no 60 seconds contain more than the tier allows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.messages.rate_limits.limiters import WINDOW, SlidingWindow, TokenBucket

#: Edits in a minute that only final states and other prompt edits may use.
EDIT_RESERVE = 4

_MANY = 1_000_000


def _of_progress() -> TokenBucket:
    """Return what spreads progress: a few edits at once, then as many as a minute's edits allow."""
    return TokenBucket(burst=8, rate=49 / WINDOW.total_seconds())


@dataclass
class Pacing:
    """The budgets of one workspace. Pure: it is told the time and makes no calls."""

    posts: SlidingWindow = field(default_factory=lambda: SlidingWindow(295))
    edits: SlidingWindow = field(default_factory=lambda: SlidingWindow(49))
    lookups: SlidingWindow = field(default_factory=lambda: SlidingWindow(45))
    progress: TokenBucket = field(default_factory=_of_progress)
    channels: dict[str, TokenBucket] = field(default_factory=dict)
    unlimited: bool = False

    def take_post(self, channel: str, now: datetime, *, looks_up: bool = False) -> bool:
        """Take what one post to *channel* costs; False, and nothing taken, if it may not go now."""
        budgets: list[SlidingWindow | TokenBucket] = [self.posts, self.channel(channel)]
        if looks_up:
            budgets.append(self.lookups)
        if self.unlimited:
            return True
        if not all(budget.is_open(now) for budget in budgets):
            return False
        for budget in budgets:
            budget.send(now)
        return True

    def take_edit(self, now: datetime, *, is_progress: bool) -> bool:
        """Take what one edit costs; progress leaves the reserve to what must be prompt."""
        if self.unlimited:
            return True
        if not self.may_edit(now, is_progress=is_progress):
            return False
        self.edits.send(now)
        if is_progress:
            self.progress.spend(now)
        return True

    def may_edit(self, now: datetime, *, is_progress: bool) -> bool:
        """Tell whether an edit may go now."""
        if is_progress:
            return self.progress.is_open(now) and self.edits.is_open(now, EDIT_RESERVE)
        return self.edits.is_open(now)

    def used(self, now: datetime) -> dict[str, float]:
        """Return the share of each method's calls that the last minute used; changes nothing."""
        return {
            method: 0.0 if self.unlimited else window.used(now)
            for method, window in self._methods().items()
        }

    def posts_left(self, now: datetime) -> int:
        """Return how many posts may go now, whatever their channels say; many if unlimited."""
        return _MANY if self.unlimited else self.posts.left(now)

    def edits_left(self, now: datetime) -> int:
        """Return how many edits may go now; many if unlimited."""
        return _MANY if self.unlimited else self.edits.left(now)

    def remember(self, method: str, channel: str, at: datetime) -> None:
        """Count a call that was made before this process started, in chronological order."""
        for budget in self._budgets([(method, channel)]):
            budget.spend(at)

    def answered(self, calls: Iterable[tuple[str, str]], at: datetime, now: datetime) -> None:
        """Record that the call taken at *at* has reached Slack, possibly only now."""
        for budget in self._budgets(calls):
            budget.answered(at, now)

    def take_back(self, calls: Iterable[tuple[str, str]], at: datetime) -> None:
        """Refund what was taken at *at* for calls that were not made."""
        for budget in self._budgets(calls):
            budget.take_back(at)

    def _budgets(self, calls: Iterable[tuple[str, str]]) -> Iterator[SlidingWindow | TokenBucket]:
        for method, channel in calls:
            yield self._methods()[method]
            if channel:
                yield self.channel(channel)

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
        """
        Apply the limits that another process was given, as returned by `freezes`.

        Call it after `remember`.
        """
        budget = self.channel(channel) if channel else self._methods()[method]
        budget.freeze.begin(until)

    def _methods(self) -> dict[str, SlidingWindow]:
        return {"posts": self.posts, "edits": self.edits, "lookups": self.lookups}

    def channel(self, channel: str) -> TokenBucket:
        """Return the channel's own bucket: one post a second after a small burst."""
        if channel not in self.channels:
            self.channels[channel] = TokenBucket(burst=4, rate=0.95)
        return self.channels[channel]

    def closed_channels(self, now: datetime) -> list[str]:
        """Return the channels that may not be posted to now, and forget the idle ones."""
        if self.unlimited:
            return []
        for name in [name for name, bucket in self.channels.items() if bucket.is_idle(now)]:
            del self.channels[name]
        return [name for name, bucket in self.channels.items() if not bucket.is_open(now)]

    def next_opening(self, now: datetime) -> datetime:
        """Return the next time at which something blocked now may be allowed."""
        later = [at for at in self._openings(now) if at > now]
        return min(later, default=now + timedelta(seconds=60))

    def _openings(self, now: datetime) -> Iterator[datetime]:
        for method in self._methods().values():
            yield method.opens_at(now)
        for channel in self.channels.values():
            yield channel.opens_at(now)
        yield max(self.progress.opens_at(now), self.edits.opens_at(now, EDIT_RESERVE))

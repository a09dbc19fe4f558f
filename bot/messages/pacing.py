"""
Slack's budgets, kept so that Slack never has to remind us.

Slack counts calls per method and workspace in one-minute windows and about one post a second per
channel (https://docs.slack.dev/apis/web-api/rate-limits). A token bucket of `burst` that
fills at `rate` a second never lets more than `burst + 60 · rate` calls into any minute; the
figures below keep that sum under the published tier.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: Edits that only final states and other prompt edits may use; progress leaves them alone.
EDIT_RESERVE = 5.0


@dataclass
class Bucket:
    """Tokens up to `burst`, coming back at `rate` a second; `frozen_until` after a 429."""

    burst: float
    rate: float
    tokens: float = -1.0
    filled_at: datetime | None = None
    frozen_until: datetime | None = None

    def level(self, now: datetime) -> float:
        """Return the tokens there are now; none while frozen."""
        if self.filled_at is None:
            self.tokens = self.burst if self.tokens < 0 else self.tokens
        else:
            passed = max(0.0, (now - self.filled_at).total_seconds())
            self.tokens = min(self.burst, self.tokens + passed * self.rate)
        self.filled_at = now
        if self.frozen_until and now < self.frozen_until:
            return 0.0
        return self.tokens

    def spend(self, now: datetime) -> None:
        """Take one token; the level may go below zero when a call could not wait."""
        self.level(now)
        self.tokens -= 1

    def freeze(self, until: datetime) -> None:
        """Stay closed until *until*; an earlier end than is known already changes nothing."""
        self.frozen_until = max(until, self.frozen_until or until)

    def opens_at(self, now: datetime, need: float = 1.0) -> datetime:
        """Return the first time at which the level is *need*."""
        missing = need - self.level(now)
        wait = now
        if self.frozen_until and now < self.frozen_until:
            wait = self.frozen_until
            missing = need - self.tokens
        if missing > 0:
            # Rounded up, and one more: a moment too early would find the bucket still closed.
            micros = math.ceil(missing / self.rate * 1e6) + 1
            wait = max(wait, now + timedelta(microseconds=micros))
        return wait


def tier(per_minute: int, burst: int) -> Bucket:
    """Return a bucket that never lets more than *per_minute* calls into a minute."""
    return Bucket(burst=burst, rate=(per_minute - burst) / 60)


@dataclass
class Pacing:
    """The budgets of one workspace. Pure: it is told the time and makes no calls."""

    posts: Bucket = field(default_factory=lambda: tier(290, burst=20))
    edits: Bucket = field(default_factory=lambda: tier(48, burst=10))
    lookups: Bucket = field(default_factory=lambda: tier(45, burst=5))
    channels: dict[str, Bucket] = field(default_factory=dict)
    unlimited: bool = False

    def take_post(self, channel: str, now: datetime, *, looks_up: bool = False) -> bool:
        """Take what one post to *channel* costs; False, and nothing taken, if it may not go now."""
        buckets = [self.posts, self.channel(channel)]
        if looks_up:
            buckets.append(self.lookups)
        return self._take(buckets, 1.0, now)

    def take_edit(self, now: datetime, *, is_progress: bool) -> bool:
        """Take what one edit costs; progress leaves the reserve to what must be prompt."""
        return self._take([self.edits], 1.0 + (EDIT_RESERVE if is_progress else 0.0), now)

    def _take(self, buckets: list[Bucket], need: float, now: datetime) -> bool:
        if self.unlimited:
            return True
        if any(bucket.level(now) < need for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.spend(now)
        return True

    def remember(self, channel: str, at: datetime, *, was_edit: bool) -> None:
        """Count a call that was made before this process began."""
        for bucket in [self.edits] if was_edit else [self.posts, self.channel(channel)]:
            bucket.spend(at)

    def freeze(self, channel: str, until: datetime, *, now: datetime, is_edit: bool) -> None:
        """
        Obey a `Retry-After`: for edits the method, for posts the channel.

        Slack does not say which of a post's limits was met. When a second channel is refused
        while the first is still frozen, it was the workspace's, and all posts wait.
        """
        if is_edit:
            self.edits.freeze(until)
            return
        others = [bucket for name, bucket in self.channels.items() if name != channel]
        if any(bucket.frozen_until and now < bucket.frozen_until for bucket in others):
            self.posts.freeze(until)
        self.channel(channel).freeze(until)

    def channel(self, channel: str) -> Bucket:
        """Return the channel's own bucket: one post a second after a small burst."""
        return self.channels.setdefault(channel, Bucket(burst=4, rate=0.95))

    def closed_channels(self, now: datetime) -> list[str]:
        """Return the channels that may not be posted to now, and forget the idle ones."""
        if self.unlimited:
            return []
        for name in [n for n, bucket in self.channels.items() if bucket.level(now) >= bucket.burst]:
            del self.channels[name]
        return [name for name, bucket in self.channels.items() if bucket.level(now) < 1]

    def next_opening(self, now: datetime) -> datetime:
        """Return the next time at which something that may not go now perhaps may."""
        closed = [bucket.opens_at(now) for bucket in (self.posts, *self.channels.values())]
        closed += [self.edits.opens_at(now), self.edits.opens_at(now, 1 + EDIT_RESERVE)]
        closed.append(self.lookups.opens_at(now))
        return min((at for at in closed if at > now), default=now + timedelta(seconds=60))

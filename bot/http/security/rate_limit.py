"""A token bucket per caller. Pure: the time is passed in."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

#: Factor of the limit for requests that programs send in bulk.
BULK_LIMIT_FACTOR = 5
#: This part of a burst is left to reports of an end, which must not wait behind progress.
_RESERVED = 0.1
#: How often somebody at one address may try a token that is not good.
TRIES_PER_SECOND = 100.0
TRIES_BURST = 200.0
MAX_BUCKETS = 10_000


@dataclass
class _Bucket:
    """The tokens left of one caller, as of `at`."""

    left: float
    at: datetime


class RateLimit:
    """Allows each caller *per_second* requests, and bursts of *burst* after a pause."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[Hashable, _Bucket] = {}

    def take(self, caller: Hashable, now: datetime) -> float:
        """Count one request; return 0, or after how many seconds there is room for it."""
        bucket = self._buckets.get(caller)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[caller] = _Bucket(self._burst, now)
        bucket.left = self._filled(bucket, now)
        bucket.at = max(bucket.at, now)
        if bucket.left < 1:
            return (1 - bucket.left) / self._per_second
        bucket.left -= 1
        return 0.0

    def keep_reserve(self, caller: Hashable) -> float:
        """Return 0, or uncount the last request and say when it would leave the reserve alone."""
        bucket = self._buckets.get(caller)
        least = int(self._burst * _RESERVED)
        if bucket is None or bucket.left >= least:
            return 0.0
        bucket.left += 1
        return max(1.0, least + 1 - bucket.left) / self._per_second

    def _filled(self, bucket: _Bucket, now: datetime) -> float:
        seconds = max(0.0, (now - bucket.at).total_seconds())
        return min(self._burst, bucket.left + seconds * self._per_second)

    def _make_room(self, now: datetime) -> None:
        """Forget callers whose bucket is full again, if there are many."""
        if len(self._buckets) < MAX_BUCKETS:
            return
        self._buckets = {
            caller: bucket
            for caller, bucket in self._buckets.items()
            if self._filled(bucket, now) < self._burst
        }

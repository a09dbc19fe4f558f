"""
Slack's rate limits, as published.

Per method and workspace, counted over a sliding minute; the tiers are those of
https://docs.slack.dev/apis/web-api/rate-limits. `chat.postMessage` has its own
rule there: about one message a second per channel and "several hundred" a
minute per workspace. Slack gives no figure for the burst it lets through or
for the several hundred; here it is 5 and 300.
"""

import math
from collections import deque

from slack_playground.errors import LimitedError
from slack_playground.timing.clock import Clock

TIER_1 = 1
TIER_2 = 20
TIER_3 = 50
TIER_4 = 100
WINDOW_SECONDS = 60.0
POSTS_PER_MINUTE = 300
CHANNEL_BURST = 5
CHANNEL_POSTS_PER_SECOND = 1.0


class Limits:
    """Admits calls or raises LimitedError; a refused call costs nothing."""

    def __init__(self, clock: Clock, *, is_on: bool) -> None:
        self.is_on = is_on
        self._clock = clock
        self._windows: dict[str, deque[float]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}

    def admit(self, method: str, per_minute: int | None) -> None:
        if self.is_on and per_minute is not None:
            self._admit_to_window(method, per_minute)

    def admit_post(self, channel: str) -> None:
        """Admit one chat.postMessage into `channel`."""
        if not self.is_on:
            return
        now = self._clock.now()
        tokens = self._tokens(channel, now)
        if tokens < 1.0:
            raise LimitedError(max(1, math.ceil((1.0 - tokens) / CHANNEL_POSTS_PER_SECOND)))
        self._admit_to_window("chat.postMessage", POSTS_PER_MINUTE)
        self._buckets[channel] = (tokens - 1.0, now)

    def admit_webhook(self, secret: str) -> None:
        """Admit one post through an incoming webhook: one a second."""
        if not self.is_on:
            return
        now = self._clock.now()
        key = f"webhook {secret}"
        free_at = self._buckets.get(key, (0.0, 0.0))[0]
        if now < free_at:
            raise LimitedError(max(1, math.ceil(free_at - now)))
        self._buckets[key] = (now + 1.0, now)

    def reset(self) -> None:
        self._windows.clear()
        self._buckets.clear()

    def _tokens(self, channel: str, now: float) -> float:
        tokens, at = self._buckets.get(channel, (float(CHANNEL_BURST), now))
        return min(float(CHANNEL_BURST), tokens + (now - at) * CHANNEL_POSTS_PER_SECOND)

    def _admit_to_window(self, key: str, per_minute: int) -> None:
        now = self._clock.now()
        window = self._windows.setdefault(key, deque())
        while window and window[0] <= now - WINDOW_SECONDS:
            window.popleft()
        if len(window) >= per_minute:
            raise LimitedError(max(1, math.ceil(window[0] + WINDOW_SECONDS - now)))
        window.append(now)

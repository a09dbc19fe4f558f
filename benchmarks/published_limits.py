"""
Slack's published limits, counted exactly, and on their own: nothing here is shared with the bot.

50 edits in any sliding minute, 300 posts in any sliding minute, one post a second in a channel
after a burst of 5. https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections import defaultdict, deque

EDITS_A_MINUTE = 50
POSTS_A_MINUTE = 300
CHANNEL_BURST = 5
WINDOW_SECONDS = 60.0


class Window:
    """At most *most* calls in any sliding minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Return the seconds until one more call may come; 0 for now."""
        while self._times and self._times[0] <= now - WINDOW_SECONDS:
            self._times.popleft()
        if len(self._times) < self._limit:
            return 0.0
        return self._times[0] + WINDOW_SECONDS - now

    def count(self, now: float) -> None:
        """Count a call that was let in."""
        self._times.append(now)


class PublishedLimits:
    """Lets calls in or says how long to wait; a refused call costs nothing."""

    def __init__(self) -> None:
        self._edits = Window(EDITS_A_MINUTE)
        self._posts = Window(POSTS_A_MINUTE)
        #: When the posts let into a channel would be over, had they come one a second.
        self._busy_until: defaultdict[str, float] = defaultdict(float)

    def edit(self, now: float) -> int:
        """Let one edit in and return 0, or return its `Retry-After` in seconds."""
        wait = self._edits.wait(now)
        if not wait:
            self._edits.count(now)
        return math.ceil(wait)

    def post(self, channel: str, now: float) -> int:
        """Let one post in and return 0, or return its `Retry-After` in seconds."""
        busy = max(self._busy_until[channel], now)
        wait = max(self._posts.wait(now), busy - now - (CHANNEL_BURST - 1))
        # Sums of floats: a wait of a millionth of a second is none.
        if wait > 1e-6:
            return math.ceil(wait)
        self._posts.count(now)
        self._busy_until[channel] = busy + 1.0
        return 0

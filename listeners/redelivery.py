"""Drops duplicate deliveries from Slack."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.response import BoltResponse

# Slack repeats an event after a moment, a minute and five minutes, always with its `event_id`.
# https://docs.slack.dev/apis/events-api/#retries
REDELIVERY_SECONDS = 600.0
_MAX_KEPT = 10_000

_Next = Callable[[], Awaitable[None]]


class SeenDeliveries:
    """Remembers keys for ten minutes, and the newest ten thousand at most."""

    def __init__(self, now: Callable[[], float] = time.monotonic, limit: int = _MAX_KEPT) -> None:
        self._now = now
        self._limit = limit
        self._until: OrderedDict[str, float] = OrderedDict()

    def is_repeated(self, key: str) -> bool:
        """Tell whether *key* was seen within the time, and remember it if not."""
        now = self._now()
        while self._until and (
            len(self._until) > self._limit or next(iter(self._until.values())) <= now
        ):
            self._until.popitem(last=False)
        if key in self._until:
            return True
        self._until[key] = now + REDELIVERY_SECONDS
        return False


def seen_key(body: dict[str, Any]) -> str | None:
    """
    Return what is the same in every delivery of one thing, or None if nothing is.

    Bolt does not pass the envelope's id on; a trigger belongs to exactly one interaction.
    """
    key = body.get("event_id") or body.get("trigger_id")
    return str(key) if key else None


def make_filter(
    seen: SeenDeliveries,
) -> Callable[[dict[str, Any], _Next], Awaitable[BoltResponse | None]]:
    """Return a middleware that acknowledges a duplicate and stops there."""

    async def drop_repeated(body: dict[str, Any], next: _Next) -> BoltResponse | None:
        key = seen_key(body)
        if key is not None and seen.is_repeated(key):
            return BoltResponse(status=200)
        await next()
        return None

    return drop_repeated

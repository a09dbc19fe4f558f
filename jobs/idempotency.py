"""Deletes idempotency keys that are older than a day."""

from collections.abc import Awaitable, Callable

import structlog

logger = structlog.get_logger(__name__)


async def forget_old_keys(forget: Callable[[], Awaitable[int]]) -> None:
    """Forget the answers that nobody will ask for again."""
    forgotten = await forget()
    if forgotten:
        logger.info("idempotency_keys_forgotten", count=forgotten)

"""The bot looks after itself once a night."""

from collections.abc import Awaitable, Callable


async def check_nightly(check_if_due: Callable[[], Awaitable[bool]]) -> None:
    """Run the doctor if nobody has since last night."""
    await check_if_due()

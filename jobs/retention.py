"""What has long been settled."""

from bot.messages.history.retention import Retention

#: In one run; what is left is for the next one, so that lanes are never held up for long.
MOST_BATCHES = 100


async def delete_old_messages(retention: Retention) -> None:
    """Delete messages that the settings no longer keep, at most 50,000 of them."""
    for _ in range(MOST_BATCHES):
        if not await retention.clean_next():
            return

"""Deletes messages completed long ago, and compacts running totals."""

from bot.db import Database
from bot.messages.history.retention import Retention
from bot.messages.totals import fold_totals
from bot.tasks.intake import Intake

#: In one run; the next one goes on where it stopped.
_MAX_BATCHES = 1_000


async def delete_old_messages(retention: Retention) -> None:
    """Delete messages that the settings no longer keep, at most 100,000 of them."""
    for _ in range(_MAX_BATCHES):
        if not await retention.clean_next():
            return


async def delete_old_logs_and_receipts(intake: Intake) -> None:
    """Delete log lines, and receipts of reports, that the settings no longer keep."""
    await intake.forget_old()


async def fold_message_totals(database: Database) -> None:
    """Sum up the changes of the numbers of messages, so that reading them stays quick."""
    await database.write(fold_totals)

"""Marks tasks as lost that stopped reporting."""

import structlog

from bot.tasks.intake import Intake

logger = structlog.get_logger(__name__)


async def mark_lost_tasks(intake: Intake) -> None:
    """Say in Slack which tasks have gone silent."""
    lost = await intake.mark_lost()
    if lost:
        logger.info("tasks_lost", count=lost)

"""What went wrong with tasks."""

import structlog

from bot.alerts.reruns import Reruns
from bot.alerts.watch import AlertWatch

logger = structlog.get_logger(__name__)


async def watch_for_alerts(watch: AlertWatch) -> None:
    """Find what is in trouble and tell people of it."""
    told = await watch.check_all()
    if told:
        logger.info("alerts_told", count=told)


async def read_task_tables(watch: AlertWatch) -> None:
    """Read the tables of other systems for the next check."""
    await watch.read_tables()


async def advance_reruns(reruns: Reruns) -> None:
    """Start what is next of the alerts whose tasks are run again."""
    await reruns.advance_all()


async def delete_old_alerts(watch: AlertWatch) -> None:
    """Delete resolved alerts that the settings no longer keep."""
    while await watch.forget_old():
        pass

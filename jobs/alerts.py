"""What went wrong with tasks."""

import structlog

from bot.alerts.watch import AlertWatch

logger = structlog.get_logger(__name__)


async def check_alerts(watch: AlertWatch) -> None:
    """Find what is in trouble and tell people of it."""
    told = await watch.check_all()
    if told:
        logger.info("alerts_told", count=told)

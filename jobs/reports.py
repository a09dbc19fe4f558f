"""Reports that are due, their health, and their history."""

import structlog

from bot.reports.health import HealthCheck
from bot.reports.runs.retention import RunRetention
from bot.reports.wiring import ReportRoom

logger = structlog.get_logger(__name__)


async def run_due_reports(room: ReportRoom) -> None:
    """Make runs of what is due, and begin what waits."""
    await room.tick()


async def check_reports(health: HealthCheck) -> None:
    """Look for reports whose owner, channel or source is gone, or that fail."""
    told = await health.check()
    if told:
        logger.info("unhealthy_reports_told", count=told)


async def delete_old_report_runs(retention: RunRetention) -> None:
    """Delete runs that the settings no longer keep, since the last 02:00 UTC."""
    await retention.clean()

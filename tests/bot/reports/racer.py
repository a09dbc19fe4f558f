"""A process that works on due reports until none is left; its argument is the database."""

import asyncio
import sys
from datetime import timedelta

from sqlmodel import Session, col, func, select

from bot.clock import SystemClock
from bot.db import Database
from bot.reports.models import ReportRun, RunStatus
from tests.bot.reports.service_room import Office

LEASE_SECONDS = 3.0


def open_runs(session: Session) -> int:
    """Return how many runs have not ended."""
    ends = (RunStatus.PENDING, RunStatus.RUNNING)
    return session.exec(select(func.count()).where(col(ReportRun.status).in_(ends))).one()


async def race(url: str) -> None:
    """Take due times and runs as the bot's job does."""
    database = Database(url)
    lease = timedelta(seconds=LEASE_SECONDS)
    office = Office(database, SystemClock(), lease=lease)
    while await office.due.take() or await database.read(open_runs):
        await office.workers.start_ready()
        await asyncio.sleep(0.02)
    database.close()


if __name__ == "__main__":
    asyncio.run(race(sys.argv[1]))

"""Three real processes race for due reports, and one of them is killed."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from sqlmodel import Session, col, func, select

from bot.clock import SystemClock
from bot.messages.models import Message
from bot.reports.models import ReportRun, RunStatus
from tests.bot.reports.service_room import Office, due_report
from tests.patience import until

ROOT = Path(__file__).parents[3]
REPORTS = 200
KILLED_AFTER = 30


def completed(session: Session) -> int:
    """Return how many runs have completed."""
    return session.exec(select(func.count()).where(ReportRun.status == RunStatus.COMPLETED)).one()


async def start(url):
    """Start a process that takes part."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.reports.racer", url),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


async def test_each_due_report_runs_once_however_processes_die(database, database_url):
    """The one that is killed leaves its runs to the others: one end and one message each."""
    now = SystemClock().now()
    reports = [due_report(number, now) for number in range(REPORTS)]
    database.transact(lambda session: session.add_all(reports))
    racers = [await start(database_url) for _ in range(3)]

    async def is_on_its_way():
        return await database.read(completed) >= KILLED_AFTER

    await until(is_on_its_way)
    racers[0].send_signal(signal.SIGKILL)
    codes = [await one.wait() for one in racers]

    office = Office(database)
    runs = office.runs()
    assert codes == [-signal.SIGKILL, 0, 0]
    assert {one.report_id for one in runs} == {one.id for one in reports}
    assert [one.status for one in runs] == [RunStatus.COMPLETED] * REPORTS
    assert max(one.tries for one in runs) <= 2
    told = database.snapshot(
        lambda session: session.exec(
            select(Message.id).where(col(Message.parent_id).is_(None))
        ).all()
    )
    assert set(told) == {one.message_id for one in runs}
    assert len(told) == REPORTS

"""
How long the tick of reports takes with 100,000 of them: `python -m benchmarks.report_tick`.

Each second the bot asks which reports are due and which runs wait. The rows are written into a
SQLite file of their own. With `--due N` so many are due at once, and three processes race for them.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.db import Database
from bot.reports.models import Report, ReportRun, RunStatus, Trigger
from tests.bot.reports.service_room import Office, due_report

REPORTS = 100_000
RUNS_EACH = 2
TICKS = 200
PROCESSES = 3
_BATCH_ROWS = 5_000


def fill(database: Database, reports: int, due: int) -> None:
    """Write reports, the first *due* of them due now, and ended runs of each."""
    now = SystemClock().now()
    for start in range(0, reports, _BATCH_ROWS):
        rows: list[Report | ReportRun] = []
        for number in range(start, min(start + _BATCH_ROWS, reports)):
            report = due_report(number, now)
            if number >= due:
                report.due_at = now + timedelta(hours=1, seconds=number)
            rows.append(report)
            rows += [_ended(report, now - timedelta(days=1 + n)) for n in range(RUNS_EACH)]
        database.transact(lambda session, rows=rows: session.add_all(rows))  # type: ignore[misc]


def _ended(report: Report, at: datetime) -> ReportRun:
    return ReportRun(
        report_id=report.id,
        tenant=report.tenant,
        trigger=Trigger.SCHEDULE,
        due_at=at,
        created_at=at,
        completed_at=at,
        status=RunStatus.COMPLETED,
    )


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


async def race(database: Database, due: int, processes: int) -> None:
    """Let processes work on what is due, and check that each due time was run once."""
    url = database.url.render_as_string(hide_password=False)
    began = time.perf_counter()
    racers = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bot.reports.racer", url)
        for _ in range(processes)
    ]
    codes = [await one.wait() for one in racers]
    seconds = time.perf_counter() - began
    runs = [run for run in Office(database).runs() if run.is_scheduled]
    statuses = {str(run.status) for run in runs}
    once = len({run.report_id for run in runs}) == len(runs) == due
    say(f"{processes} processes, exit codes {codes}: {len(runs)} runs in {seconds:.1f} s")
    say(f"each due time once: {once}; ends: {', '.join(sorted(statuses))}")


async def measure(database: Database) -> list[float]:
    """Return the milliseconds of ticks while nothing is due, the shortest first."""
    office = Office(database, SystemClock())
    took = []
    for _ in range(TICKS):
        began = time.perf_counter()
        await office.due.take()
        await office.workers.start_ready()
        took.append(1000 * (time.perf_counter() - began))
    return sorted(took)


def main() -> None:
    """Fill a database and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=REPORTS)
    parser.add_argument("--due", type=int, default=0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        database.migrate()
        fill(database, wanted.reports, wanted.due)
        if wanted.due:
            asyncio.run(race(database, wanted.due, PROCESSES))
        took = asyncio.run(measure(database))
        p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
        say(f"{TICKS} ticks: median {p50:.2f} ms, p99 {p99:.2f} ms, longest {took[-1]:.2f} ms")
        database.close()


if __name__ == "__main__":
    main()

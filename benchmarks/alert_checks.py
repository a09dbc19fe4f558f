"""
What a check for alerts costs with a thousand and a million tasks.

`python -m benchmarks.alert_checks` fills SQLite and PostgreSQL with ended tasks of a hundred kinds
over thirty days, and a few hundred that run or wait; a handful of them failed within the last half
hour and are stuck. One of the kinds has a schedule, or all have. It checks again and again, as the
bot does each minute, and prints the median milliseconds of the first check and of those that find
nothing new. Asserts nothing.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from benchmarks import table
from benchmarks.engine import TENANT, WORKSPACE, database, folder_in_memory
from benchmarks.growth import KINDS, SERIES, kind_of
from benchmarks.sightings import median
from bot.alerts.announcer import AlertAnnouncer, AlertChannels
from bot.alerts.configured_rules import Rules
from bot.alerts.service import Alerts
from bot.clock import SystemClock
from bot.config_file import ConfigFile, TaskKind
from bot.db import Database
from bot.tasks.display import Links
from bot.tasks.models import Task, TaskStatus

SIZES = (1_000, 1_000_000)
#: So many of the hundred kinds have a schedule.
SCHEDULED = (1, 100)
CHECKS = 60
DAYS = 30
LIVE = 400
#: What differs from row to row; `{at}` is a time of the last thirty days.
VARIED = {
    "id": "'{name}_' || i",
    "task": "'kind ' || (i % 100)",
    "status": "'{status}'",
    "error": "{error}",
    **dict.fromkeys(("created_at", "started_at", "updated_at", "heard_at", "ended_at"), "{at}"),
}
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', '{last}',"
    " '-' || ({spread} * i / {count}) || ' seconds')",
    "postgresql": "timestamptz '{last}' - make_interval(secs => {spread} * i::float / {count})",
}


def fill(
    store: Database, status: TaskStatus, count: int, *, until: datetime, over: timedelta
) -> None:
    """Store *count* tasks at once, whose times are spread over the time before *until*."""

    def work(session: Session) -> None:
        made = Task(
            id="t_model",
            tenant=TENANT,
            workspace_id=WORKSPACE,
            channel="C0MODEL",
            task="model",
            created_at=until,
            updated_at=until,
        )
        session.add(made)
        session.flush()
        columns = [column.name for column in Task.__table__.columns]  # type: ignore[attr-defined]
        kind = kind_of(store)
        last = f"{until:%Y-%m-%d %H:%M:%S}" + ("" if store.is_sqlite else "+00")
        at = AT[kind].format(last=last, spread=int(over.total_seconds()), count=count)
        error = "'disk ' || i || ' is full'" if status == TaskStatus.FAILED else "NULL"
        words = {"name": status.value, "status": status.value, "at": at, "error": error}
        values = [VARIED[c].format(**words) if c in VARIED else f"task.{c}" for c in columns]
        series = SERIES[kind].format(count=count)
        chosen = f"SELECT {', '.join(values)} FROM n, task WHERE task.id = 't_model'"  # noqa: S608
        insert = f"INSERT INTO task ({', '.join(columns)}) "
        parts = (insert, series, chosen) if store.is_sqlite else (series, insert, chosen)
        session.execute(text("".join(parts)))
        session.delete(made)

    store.transact(work)
    with store.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


async def measure(store: Database, size: int, scheduled: int) -> dict[str, float]:
    """Return the milliseconds of a first check, and of later ones, with so many schedules."""
    now = datetime.now(UTC)
    fill(
        store, TaskStatus.COMPLETED, size, until=now - timedelta(hours=1), over=timedelta(days=DAYS)
    )
    fill(store, TaskStatus.FAILED, size // 50, until=now - timedelta(hours=1), over=timedelta(DAYS))
    fill(store, TaskStatus.RUNNING, LIVE, until=now, over=timedelta(minutes=32))
    hourly = TaskKind(cron="0 * * * *", grace_minutes=50)
    config = ConfigFile(tasks={f"kind {number}": hourly for number in range(scheduled)})
    rules = Rules(config)
    announcer = AlertAnnouncer(rules, Links(config))
    alerts = Alerts(store, announcer, rules, SystemClock(), lambda _workspace: None)
    channels = AlertChannels(WORKSPACE, "C0ALERTS", {})
    took, worked = [], []
    for _ in range(CHECKS):
        began, work_began = time.perf_counter(), time.process_time()
        await alerts.check(TENANT, channels)
        took.append(1_000 * (time.perf_counter() - began))
        worked.append(1_000 * (time.process_time() - work_began))
    later = took[len(took) // 2 :]  # By then what to expect of each kind has been learnt.
    return {
        "first_check_ms": round(took[0], 1),
        "check_ms": round(median(later), 1),
        "quickest_ms": round(min(later), 1),
        "of_that_our_processor_ms": round(median(worked[len(worked) // 2 :]), 1),
    }


async def run(kinds: Sequence[str], sizes: Sequence[int]) -> dict[str, dict[str, float]]:
    """Measure each kind of database with each number of tasks."""
    results = {}
    for kind in kinds:
        for size in sizes:
            for scheduled in SCHEDULED:
                name = f"{kind}, {size:,} tasks, {scheduled} scheduled kinds"
                with folder_in_memory() as folder, database(kind, folder) as store:
                    results[name] = await measure(store, size, scheduled)
    return results


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=KINDS, action="append")
    parser.add_argument("--tasks", type=int, action="append")
    arguments = parser.parse_args()
    sizes = arguments.tasks or SIZES
    results = asyncio.run(run(arguments.database or KINDS, sizes))
    sys.stdout.write(table.of(results))


if __name__ == "__main__":
    main()

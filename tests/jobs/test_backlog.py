"""Ticks of jobs, counted for Prometheus."""

import asyncio
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import SystemClock
from bot.telemetry.meters import Meters
from jobs.backlog import meter_jobs
from tests.patience import until


async def test_ticks_that_were_left_out_are_counted():
    """Because the run before had not ended, or because the whole process stood still."""
    scheduler, meters, may_end = AsyncIOScheduler(timezone=UTC), Meters(), asyncio.Event()
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None, "seconds": 0.05}
    scheduler.add_job(may_end.wait, "interval", id="slow", **options)
    scheduler.add_job(asyncio.sleep, "interval", args=[0], id="quick", **options)
    meter_jobs(scheduler, meters, SystemClock())
    assert 'opsbell_job_runs_total{job="slow",outcome="failed"} 0.0' in meters.exposition()
    scheduler.start()

    def counted(name, job):
        line = f'opsbell_job_{name}{{job="{job}"'
        found = [one for one in meters.exposition().splitlines() if one.startswith(line)]
        return sum(float(one.split()[-1]) for one in found)

    async def has(name, job, least=1):
        return await until(lambda: asyncio.sleep(0, counted(name, job) >= least))

    await has("ticks_missed_total", "slow")
    assert counted("runs_total", "slow") == 0
    may_end.set()
    await has("runs_total", "slow")
    await has("last_success_timestamp_seconds", "quick")
    before = counted("ticks_missed_total", "quick")
    _stand_still(1.0)
    await has("ticks_missed_total", "quick", before + 15)
    scheduler.shutdown(wait=False)


def _stand_still(seconds):
    """Hold up the event loop, as a machine that is suspended does."""
    import time

    time.sleep(seconds)

"""
Each trouble of the long soak (`benchmarks/soak.py`) once, while work is reported on.

Counted is what must be exact on any machine; memory and speed are measured by the long one.
"""

import asyncio

import pytest
from sqlmodel import select

from benchmarks.soak import Callbacks, Disturbances, bring_back, judged, shown_in, until_settled
from bot.clock import SystemClock
from bot.db import Database
from bot.messages.models import LaneLease
from tests.patience import PATIENCE_SECONDS, until
from tests.scenarios.conftest import Bot

CHANNELS = ["C0OPS00002", "C0AIOPS003"]
PAUSE_SECONDS = 0.25


@pytest.fixture
async def bots(nursery, playground, database_url, tmp_path):
    """Two bots on one database: one is restarted again and again, one stands still."""
    found = []
    for name in ("restarted", "stalled"):
        (tmp_path / name).mkdir()
        found.append(Bot(playground, tmp_path / name, database_url, nursery=nursery))
        await found[-1].start()
    yield found
    for one in found:
        if one.process and one.process.returncode is None:
            await one.kill()


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_nothing_is_lost_or_doubled_whatever_happens(bots, playground, database_url):
    """Restarts, kills, lost leases, 429, 503, lost answers, lost sockets: each task stands once."""
    database = Database(database_url)

    async def is_taken_over():
        now = SystemClock().now()
        query = select(LaneLease.workspace_id).where(LaneLease.expires_at > now)
        return database.snapshot(lambda session: session.exec(query).first())

    async def outlast_lease():
        bots[0].let_the_lease_end()
        await until(is_taken_over)

    callbacks = Callbacks(bots, CHANNELS, reports_each=4)
    trouble = Disturbances(playground, bots[0], bots[1], outlast_lease)
    bringing = asyncio.create_task(trouble.bring_each(PAUSE_SECONDS))
    await asyncio.gather(*(callbacks.work(bringing.done, PAUSE_SECONDS) for _ in range(3)))
    await bringing
    await callbacks.close()
    playground.heal()
    await bring_back(bots)
    await until_settled(playground, CHANNELS, callbacks.ended, 4 * PATIENCE_SECONDS)
    database.close()

    found = judged(shown_in(playground, CHANNELS), callbacks.ended)
    assert (found["missing"], found["doubled"], found["not_completed"]) == (0, 0, 0)
    assert found["tasks"] >= 3
    assert set(trouble.counts.values()) == {1}
    assert len(trouble.counts) == 9

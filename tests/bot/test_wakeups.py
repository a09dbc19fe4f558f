"""Processes that share a PostgreSQL wake each other."""

import asyncio

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.wakeups import Wakeups, send_wakeup
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def test_a_wakeup_reaches_the_other_processes(database_url):
    """What one process sends, another hears within a second."""
    ours, theirs = Database(database_url), Database(database_url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = Wakeups(theirs)
    listener.start(heard.put_nowait)

    await hear_one(ours, heard)

    assert heard.get_nowait() == "T1"
    await listener.stop()
    ours.close()
    theirs.close()


async def test_a_broken_connection_is_made_anew(database_url):
    """When the server ends the connection, wake-ups arrive again a little later."""
    database = Database(database_url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    wakeups = Wakeups(database)
    wakeups.start(heard.put_nowait)
    await hear_one(database, heard)

    await database.write(end_listeners)
    while not heard.empty():
        heard.get_nowait()
    await hear_one(database, heard)

    await wakeups.stop()
    database.close()


async def hear_one(database, heard) -> None:
    """Send until one arrives: the first ones may come before anybody listens."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while heard.empty():
            await database.write(lambda session: send_wakeup(session, "T1"))
            await asyncio.sleep(0.1)


def end_listeners(session) -> None:
    """End every connection that listens, as a restart of the server would."""

    session.execute(
        text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    )

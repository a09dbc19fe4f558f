"""Connections that PostgreSQL has ended, as it does when it is started again."""

import asyncio
import contextlib
import threading

import psycopg
import pytest
from sqlalchemy import literal_column, select
from sqlalchemy.exc import OperationalError

from bot.db import PING_AFTER_IDLE_SECONDS, POSTGRESQL_THREADS
from bot.sql.statements import Statement
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

ONE = Statement(select(literal_column("1").label("one")))


def end_connections(database):
    """End all connections of the database but the one that asks for it."""
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def ask_with_all(database):
    """Ask with as many connections as there are, at the same time; return the answers."""
    others = threading.Barrier(POSTGRESQL_THREADS, timeout=PATIENCE_SECONDS)

    def work(session):
        answer = ONE.rows(session)[0].one
        others.wait()
        return answer

    return await asyncio.gather(*(database.read(work) for _ in range(POSTGRESQL_THREADS)))


ALL = [1] * POSTGRESQL_THREADS


async def test_at_most_one_transaction_fails_for_all(database):
    """The first that notices fails, as what is in flight does; then all begin with new ones."""
    await ask_with_all(database)
    end_connections(database)

    with contextlib.suppress(OperationalError):  # Unless it rested so long that it is asked first.
        await database.read(ONE.rows)

    assert await ask_with_all(database) == ALL


async def test_what_rested_is_asked_first(database):
    """A connection that was ended while nobody used it costs nobody a transaction."""
    await ask_with_all(database)
    end_connections(database)
    await asyncio.sleep(PING_AFTER_IDLE_SECONDS + 0.1)

    assert await ask_with_all(database) == ALL

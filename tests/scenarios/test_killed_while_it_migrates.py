"""P1: a process that is killed in the middle of a migration leaves a database that migrates."""

import asyncio
import os
import signal
from datetime import UTC, datetime

import pytest

from bot import schema
from bot.db import Database
from bot.messages import outbox
from bot.messages.models import Message
from bot.messages.outbox import Content, Place
from tests.patience import PATIENCE_SECONDS
from tests.postgresql import in_database, run_sql
from tests.scenarios.killing import ASSASSIN

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
VERSIONS = sorted(path.stem for path in schema.VERSIONS.glob("0*.py"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The address of a database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"opsbell_empty_{os.getpid()}"
    run_sql(server, f"CREATE DATABASE {name} TEMPLATE template0")
    yield in_database(server, name)
    run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


async def migrate(nursery, url, folder, kill_at=""):
    """Run `python -m bot migrate` and return how it ended."""
    (folder / "armed").touch()
    extra = {"PYTHONPATH": str(ASSASSIN), "KILL_AT": kill_at, "KILL_ARMED": str(folder / "armed")}
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": url, **(extra if kill_at else {})}
    return await asyncio.wait_for(
        nursery.start(environ, folder, "migrate").wait(), PATIENCE_SECONDS
    )


async def test_every_migration_may_be_killed(nursery, empty_url, tmp_path):
    """Killed after each step in turn, and before the commit: the next one goes on and works."""
    steps = [f"{version}_py:upgrade:return" for version in VERSIONS]
    ends = [await migrate(nursery, empty_url, tmp_path, step) for step in steps]
    last = await migrate(nursery, empty_url, tmp_path)

    database = Database(empty_url)
    database.check()
    place, content = Place("T0", "default", "C0"), Content("note", {"text": "it works"})
    made = database.transact(lambda session: outbox.put(session, place, content, now=NOW).id)
    kept = database.transact(lambda session: session.get_one(Message, made).context)
    database.close()
    assert {-signal.SIGKILL} == set(ends)
    assert (last, kept) == (0, {"text": "it works"})

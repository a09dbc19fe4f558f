"""The database: transactions on both kinds, migrations, what is said when it is unusable."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

import bot.all_tables
from bot.db import Database, insert_absent, upsert
from bot.errors import ConfigError
from bot.process.database_lock import lock_database
from bot.workspaces.models import Workspace

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def workspace(name: str) -> Workspace:
    return Workspace(id=name, tenant="default", name=name, url="", bot_user_id="U1", seen_at=NOW)


async def test_a_unit_of_work_is_kept(database):
    """What a unit of work adds is there for the next one, times as aware UTC."""
    await database.write(lambda session: session.add(workspace("T1")))

    found = await database.read(lambda session: session.get(Workspace, "T1"))

    assert found.seen_at == NOW
    assert found.seen_at.tzinfo is not None


async def test_a_unit_of_work_that_raises_leaves_nothing(database):
    """An error rolls back all of it and reaches the caller."""

    def work(session: Session) -> None:
        session.add(workspace("T1"))
        session.flush()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await database.write(work)

    assert await database.read(lambda session: list(session.exec(select(Workspace)))) == []


async def test_a_commit_that_fails_harms_nobody_after_it(database):
    """SQLite leaves the transaction open then; the next unit of work has one of its own."""
    made = "(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES house DEFERRABLE INITIALLY DEFERRED)"

    def build(session: Session) -> None:
        session.connection().exec_driver_sql("CREATE TABLE house (id INTEGER PRIMARY KEY)")
        session.connection().exec_driver_sql(f"CREATE TABLE door {made}")

    def hang_in_the_air(session: Session) -> None:
        session.connection().exec_driver_sql("INSERT INTO door VALUES (1, 7)")

    await database.write(build)
    with pytest.raises(IntegrityError):
        await database.write(hang_in_the_air)
    await database.write(lambda session: session.add(workspace("T1")))

    def look(session: Session) -> tuple[int, int]:
        doors = session.connection().exec_driver_sql("SELECT count(*) FROM door").scalar_one()
        return doors, len(session.exec(select(Workspace)).all())

    assert await database.read(look) == (0, 1)


async def test_processes_that_write_the_same_row_at_once_agree(database):
    """Many inserts of one key at the same moment leave one row, with what was said last."""
    await asyncio.gather(
        *(database.write(lambda session: upsert(session, workspace("T1"))) for _ in range(20)),
        *(
            database.write(lambda session: insert_absent(session, workspace("T1")))
            for _ in range(20)
        ),
    )
    renamed = workspace("T1")
    renamed.name = "new"
    await database.write(lambda session: upsert(session, renamed))
    await database.write(lambda session: insert_absent(session, workspace("T1")))

    found = await database.read(lambda session: session.exec(select(Workspace)).all())

    assert [one.name for one in found] == ["new"]


def test_the_migrations_make_what_the_models_say(database):
    """The schema of the migrations and the one of the models are the same."""
    assert bot.all_tables.TABLES

    with database.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert differences == []


def test_an_unmigrated_database_stops_the_start(tmp_path: Path):
    """A start on an old schema names the command that mends it."""
    database = Database(f"sqlite:///{tmp_path}/new.db")

    with pytest.raises(ConfigError, match="python -m bot migrate"):
        database.check()
    database.close()


def test_an_unreachable_database_is_named_without_its_password():
    """A database that does not answer is named in a sentence, its password is not."""
    database = Database("postgresql://ada:hunter2@127.0.0.1:1/none")

    with pytest.raises(ConfigError) as caught:
        database.check()

    assert "DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    database.close()


def test_an_unknown_kind_of_database_is_refused():
    """Only SQLite and PostgreSQL are supported, and the message says so."""
    with pytest.raises(ConfigError, match="use sqlite:/// or postgresql://"):
        Database("mysql://127.0.0.1/x")


def test_one_process_at_a_time_on_sqlite(tmp_path: Path):
    """A second process on the same file is told so; after the first has ended it may start."""
    url = Database(f"sqlite:///{tmp_path}/one.db").url
    first = lock_database(url)

    with pytest.raises(ConfigError, match="another Opsbell is running"):
        lock_database(url)

    assert first is not None
    first.close()
    again = lock_database(url)
    assert again is not None
    again.close()

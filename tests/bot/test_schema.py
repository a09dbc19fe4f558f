"""The schema of a database that several processes migrate at once."""

import ast
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.all_tables import TABLES
from bot.db import Database
from bot.errors import ConfigError
from bot.migrations.upgrade import lock_tables, upgrade
from bot.schema import VERSIONS
from bot.sql.tables import table_of
from tests.patience import until
from tests.postgresql import in_database, run_sql

OURS = [table_of(one).name for one in TABLES]
ROOT = Path(__file__).parents[2]
#: What a bot of the version before, which is still at work, would trip over.
BREAKING = ("drop_column", "drop_table", "rename_table", "alter_column", "drop_constraint")


def test_processes_that_migrate_at_once_wait_for_each_other(postgresql_server, tmp_path):
    """One migrates, the others find it done; none fails."""
    name = f"fresh_{uuid4().hex}"
    run_sql(postgresql_server, f"CREATE DATABASE {name}")
    url = in_database(postgresql_server, name)
    environ = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bot", "migrate"],
            cwd=tmp_path,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    ends = [(process.communicate()[1], process.returncode) for process in started]

    assert ends == [("", 0)] * 3
    database = Database(url)
    database.check()
    database.close()
    run_sql(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_migration_waits_for_a_busy_table_holding_no_other(database):
    """Or the bot that holds the one and wants the other would be ended by PostgreSQL."""
    with database.connect() as bot, database.connect() as migrating:
        bot.execute(text("LOCK TABLE task IN ROW EXCLUSIVE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            lock_tables(migrating, OURS, "50ms")
        migrating.rollback()
        bot.execute(text("LOCK TABLE alert, message IN ROW EXCLUSIVE MODE"))
        bot.commit()

        lock_tables(migrating, OURS, "10s")
        bot.execute(text("SET lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            bot.execute(text("SELECT count(*) FROM task"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_migration_leaves_the_tables_of_others_alone(database):
    """Another application's in the same schema, which may be busy for hours."""
    with database.connect() as other, database.connect() as migrating:
        other.execute(text("CREATE TABLE invoice (id int)"))
        other.commit()
        other.execute(text("LOCK TABLE invoice IN ACCESS EXCLUSIVE MODE"))
        upgrade(migrating, "10s")
        query = (
            "SELECT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
            " WHERE mode = 'AccessExclusiveLock' AND granted AND pid = pg_backend_pid()"
        )
        locked = set(migrating.execute(text(query)).scalars())

    assert locked == set(OURS)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_waited_for_a_newer_version_to_migrate_says_so(database):
    """Both began with the same schema."""
    with ThreadPoolExecutor() as older, database.connect() as newer:
        newer.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        newer.commit()
        newer.execute(text("SELECT pg_advisory_xact_lock(7735235)"))
        migrating = older.submit(database.migrate)
        waiting = text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

        async def is_waiting():
            return newer.execute(waiting).first()

        await until(is_waiting)
        newer.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        newer.commit()

        with pytest.raises(ConfigError, match="newer version"):
            migrating.result()


def breaking(source):
    """Return what a migration does that the version before cannot live with."""
    (upgrade,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    )
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call)]
    named = [(one, ast.unparse(one.func).rpartition(".")[2]) for one in calls]
    return [
        name
        for one, name in named
        if name in BREAKING
        or (
            (name == "add_column" and "nullable=False" in (said := ast.unparse(one)))
            and "server_default" not in said
        )
    ]


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ('op.add_column("task", sa.Column("a", sa.String(), nullable=True))', []),
        ('op.add_column("task", sa.Column("a", nullable=False, server_default="0"))', []),
        ('batch.add_column(sa.Column("a", nullable=False))', ["add_column"]),
        ('op.drop_column("task", "a")', ["drop_column"]),
        ('op.alter_column("task", "a", nullable=False)', ["alter_column"]),
    ],
)
def test_a_breaking_step_is_found(step, found):
    """Columns may be added that the version before need not fill."""
    assert breaking(f"def upgrade():\n    {step}\n") == found


def test_migrations_only_add():
    """While an upgrade goes on the version before works on the new schema."""
    later = sorted(VERSIONS.glob("[0-9]*_*.py"))[1:]

    assert {path.name: breaking(path.read_text()) for path in later} == {p.name: [] for p in later}

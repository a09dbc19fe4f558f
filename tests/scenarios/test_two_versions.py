"""An upgrade without a standstill: two versions of the bot on one PostgreSQL."""

import asyncio
import itertools
import os
import shutil
import sys
from collections import Counter

import pytest

from bot.db import Database
from bot.errors import ConfigError
from bot.messages.history.rebuild import verify
from bot.schema import newest_revision
from tests.scenarios.conftest import ROOT, SECRET, Bot

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

#: What a version may bring: a table, columns with and without a value, an index.
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{before}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table("novelty", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("message", sa.Column("novelty", sa.String(), nullable=True))
    op.add_column("task", sa.Column("novelty", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("task_novelty", "task", ["novelty"])
"""
#: And what it does with them.
MODELS = {
    "bot/messages/models.py": '    novelty: str | None = "new"\n',
    "bot/tasks/models.py": "    novelty: int = 1\n",
}


@pytest.fixture
def next_version(tmp_path):
    """The code of a version that has one more migration, and uses what that brings."""
    code = tmp_path / "next"
    for room in ("bot", "listeners", "jobs", "templates"):
        shutil.copytree(ROOT / room, code / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manifest.json", code)
    new = code / "bot/migrations/versions/9999_novelties.py"
    new.write_text(MIGRATION.format(before=newest_revision()))
    for name, line in MODELS.items():
        file = code / name
        field = "    correlation_id: str | None ="
        file.write_text(file.read_text().replace(field, f"{line}{field}", 1))
    return code


@pytest.fixture
async def newer(playground, database_url, tmp_path, next_version):
    """A bot of the next version on the same database."""
    folder = tmp_path / "newer"
    folder.mkdir()
    bot = Bot(playground, folder, database_url, code=next_version)
    yield bot
    if bot.process is not None and bot.process.returncode is None:
        await bot.kill()


@pytest.mark.long
async def test_an_old_bot_works_on_beside_a_new_one(bot, newer, playground, database_url):
    """It is migrated under the old one while that works; both serve, then the new one alone."""
    numbers = itertools.count(1)
    await bot.start()
    ends = await two_tasks(bot, bot, numbers)
    busy = {"task": "upgrade", "taskId": "t-busy", "subject": "busy", "status": "running"}
    await bot.post("/api/tasks", busy)

    migrating = asyncio.create_task(migrate(newer))
    progress = itertools.count()
    while not migrating.done():  # A report changes the task and its message.
        report = {"taskId": "t-busy", "status": "running", "progress": next(progress) % 100}
        await bot.post("/api/slack/update", report)
    assert await migrating == 0
    assert next(progress) > 1
    assert (await bot.read("/readyz"))["ready"]
    await newer.start()
    ends += await two_tasks(bot, newer, numbers)
    ends += await two_tasks(newer, bot, numbers)
    await bot.stop()
    ends += await two_tasks(newer, newer, numbers)

    def shown():
        return Counter(one["text"] for one in playground.messages("ops"))

    await playground.wait_for(lambda: sum("Completed" in text for text in shown()) == len(ends))
    assert sum(shown().values()) == len(ends) + 1
    assert all(any(key in text for text in shown()) for key in ends)
    database = Database(database_url)
    assert database.snapshot(verify).is_clean
    for act in (database.check, database.migrate):
        with pytest.raises(ConfigError, match="a newer version of Opsbell has migrated the schema"):
            act()
    database.close()


async def two_tasks(first, second, numbers):
    """Let one bot take the beginnings of two tasks, and the other their ends."""
    keys = [f"t-{next(numbers)}-end" for _ in range(2)]
    for key in keys:
        task = {"task": "upgrade", "taskId": key, "subject": key, "status": "running"}
        await first.post("/api/tasks", task)
    for key in keys:
        await second.post("/api/slack/update", {"taskId": key, "status": "completed"})
    return keys


async def migrate(newer):
    """Run the migrations of the next version as an operator does; return the exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "migrate"),
        cwd=newer.code,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": newer.database_url, "JWT_SECRET": SECRET},
    )
    return await process.wait()

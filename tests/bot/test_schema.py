"""The schema of a database that several processes migrate at once."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from bot.db import Database
from tests.postgresql import in_database, run_sql

ROOT = Path(__file__).parents[2]


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

"""`make migration m="What changes"`: generates the next step from the models."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from bot.db import Database
from bot.migrations.upgrade import alembic_config


def main(message: str) -> int:
    """Compare the models with a freshly migrated database and write what differs."""
    if not message.strip():
        sys.stderr.write('Say what changes: make migration m="Add the alert table"\n')
        return 2
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'schema.db'}")
        database.migrate()
        count = len(list(ScriptDirectory.from_config(alembic_config()).walk_revisions()))
        with database.connect() as connection:
            command.revision(
                alembic_config(connection), message, autogenerate=True, rev_id=f"{count + 1:04}"
            )
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))

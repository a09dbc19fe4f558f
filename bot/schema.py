"""
The schema revision of a database, and the newest one.

Alembic is loaded only by a process that has something to migrate: it takes 11 MB of memory.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

#: Any number, if only everybody takes the same.
_MIGRATION_LOCK = 7_735_235
VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest_revision() -> str:
    """Return the last revision there is; the files' names begin with their revisions."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def current(connection: Connection) -> str | None:
    """Return the revision of a database; None if it has no schema yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def migrate(connection: Connection) -> None:
    """
    Bring the schema to the newest revision and commit; nothing if it is there already.

    Of several processes that migrate one PostgreSQL the others wait, and find it done.
    """
    if current(connection) == newest_revision():
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if current(connection) == newest_revision():
            connection.commit()
            return
    from bot.migrations.upgrade import upgrade

    upgrade(connection)
    connection.commit()

"""
The schema revision of a database, and the newest one.

Alembic is loaded only by a process that has something to migrate: it takes 11 MB of memory.
"""

import time
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from bot.errors import ConfigError

#: Any number, if only everybody takes the same.
_MIGRATION_LOCK = 7_735_235
#: How long to wait for a lock. The first attempts stay below PostgreSQL's `deadlock_timeout` of one
#: second, so that no bot's transaction is cancelled. Later ones exceed it, which also cancels an
#: autovacuum that is in the way.
_HASTY, _PATIENT = "200ms", "3s"
_HASTY_ATTEMPTS, _LOCK_ATTEMPTS = 30, 40
_LOCK_PAUSE_SECONDS = 0.3
#: `lock_not_available` and `deadlock_detected`.
_TRY_AGAIN_STATES = ("55P03", "40P01")
VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest_revision() -> str:
    """Return the last revision there is; the files' names begin with their revisions."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def current(connection: Connection) -> str | None:
    """Return the revision of a database; None if it has no schema yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def require_known(found: str | None) -> None:
    """Raise `ConfigError` if a revision was made by a newer version than this one."""
    if found is not None and found > newest_revision():
        raise ConfigError(
            [
                f"DATABASE_URL: a newer version of Opsbell has migrated the schema (to {found}): "
                "run that version, or restore an older backup"
            ]
        )


def migrate(connection: Connection) -> None:
    """
    Bring the schema to the newest revision and commit; nothing if it is there already.

    If several processes migrate one PostgreSQL, one does it while the others wait. Raises
    `ConfigError` if a newer version has migrated it.
    """
    found = current(connection)
    require_known(found)
    if found == newest_revision():
        return
    if connection.dialect.name == "postgresql":
        _migrate_beside_others(connection)
        return
    from bot.migrations.upgrade import upgrade

    upgrade(connection)
    connection.commit()


def _migrate_beside_others(connection: Connection) -> None:
    """
    Migrate a PostgreSQL on which bots of the version before may be at work.

    All tables of Opsbell are locked before anything is changed. Otherwise the change of one table
    could wait for a transaction that waits for another. A bot holds its locks for milliseconds. If
    a table cannot be locked at once, all locks are released, because the bots would have to wait.
    """
    from bot.migrations.upgrade import upgrade

    for attempt in range(1, _LOCK_ATTEMPTS + 1):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        found = current(connection)
        require_known(found)  # Of those that migrate now, one may be newer than this one.
        if found == newest_revision():
            connection.commit()
            return
        try:
            upgrade(connection, _PATIENT if attempt > _HASTY_ATTEMPTS else _HASTY)
            connection.commit()
        except OperationalError as error:
            connection.rollback()
            if (
                getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN_STATES
                or attempt == _LOCK_ATTEMPTS
            ):
                raise
            time.sleep(_LOCK_PAUSE_SECONDS)
        else:
            return

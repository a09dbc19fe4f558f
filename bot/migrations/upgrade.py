"""Alembic, as we use it."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text


def alembic_config(connection: Connection | None = None) -> Config:
    """Return what Alembic must know; `env.py` runs on *connection*."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


#: Other applications may have tables in the same schema.
_OURS = text(
    "SELECT string_agg(format('%I', tablename), ', ' ORDER BY tablename) FROM pg_tables "
    "WHERE schemaname = current_schema() AND pg_has_role(tableowner, 'USAGE') "
    "AND tablename = ANY(:ours)"
)


def lock_tables(connection: Connection, ours: Iterable[str], timeout: str) -> None:
    """
    Lock those of *ours* that exist until the transaction ends, on PostgreSQL.

    Raises SQLAlchemy's `OperationalError` if one of them cannot be locked within *timeout*.
    """
    connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": timeout})
    names = connection.execute(_OURS, {"ours": list(ours)}).scalar_one()
    if names:
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def upgrade(connection: Connection, lock_timeout: str | None = None) -> None:
    """Apply all migrations that a database lacks, after `lock_tables` if there is a timeout."""
    config = alembic_config(connection)
    config.attributes["lock_timeout"] = lock_timeout
    command.upgrade(config, "head")

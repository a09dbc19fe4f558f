"""Alembic, as we use it."""

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


_OURS = text(
    "SELECT string_agg(format('%I', tablename), ', ' ORDER BY tablename) FROM pg_tables "
    "WHERE schemaname = current_schema() AND tableowner = current_user "
    "AND tablename <> 'alembic_version'"
)


def lock_tables(connection: Connection, timeout: str) -> None:
    """
    Keep everybody else from our tables until the transaction ends, on PostgreSQL.

    Raises SQLAlchemy's `OperationalError` if one of them is not to be had in that time.
    """
    connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": timeout})
    names = connection.execute(_OURS).scalar_one()
    if names:
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def upgrade(connection: Connection) -> None:
    """Apply all migrations that a database lacks."""
    command.upgrade(alembic_config(connection), "head")

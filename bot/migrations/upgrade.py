"""Alembic, as we use it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

import bot.all_tables  # noqa: F401 - fills SQLModel's metadata


def alembic_config(connection: Connection | None = None) -> Config:
    """Return what Alembic must know; `env.py` runs on *connection*."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def lock_tables(connection: Connection, timeout: str) -> None:
    """
    Keep everybody else from our tables until the transaction ends, on PostgreSQL.

    Raises SQLAlchemy's `OperationalError` if one of them is not to be had in that time.
    """
    there = set(inspect(connection).get_table_names()) & SQLModel.metadata.tables.keys()
    connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": timeout})
    if there:
        names = ", ".join(f'"{name}"' for name in sorted(there))
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def upgrade(connection: Connection) -> None:
    """Apply all migrations that a database lacks."""
    command.upgrade(alembic_config(connection), "head")

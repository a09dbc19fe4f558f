"""Runs the migrations on the connection that `bot.db.Database.migrate` passes in."""

from alembic import context
from sqlmodel import SQLModel

import bot.all_tables  # noqa: F401 - fills SQLModel's metadata
from bot.migrations.upgrade import lock_tables

connection = context.config.attributes["connection"]
if lock_timeout := context.config.attributes.get("lock_timeout"):
    lock_tables(connection, SQLModel.metadata.tables, lock_timeout)
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

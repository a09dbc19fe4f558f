"""A model's table, typed."""

from sqlalchemy import Table
from sqlmodel import SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """Return the table behind a model: SQLModel's own stubs do not know that it has one."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table

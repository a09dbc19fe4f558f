"""Readable tables and sources for tests."""

from bot.sources.base import SourceColumn, SourceTable
from bot.sources.result import ColumnKind
from bot.sources.used_tables import Readable

COLUMNS = {
    "orders": ("id", "customer_id", "at", "total", "country", "status", "details"),
    "customers": ("id", "name", "email", "country", "created_at"),
    "products": ("id", "name", "category", "price"),
    "order_items": ("order_id", "product_id", "quantity", "price"),
}


def readable(dialect):
    """Return the tables of a small shop, as the guard knows them."""
    tables = [
        SourceTable(name, tuple(SourceColumn(column, ColumnKind.TEXT) for column in columns))
        for name, columns in COLUMNS.items()
    ]
    return Readable(tables, frozenset({"main", "public"}), folds=dialect == "postgres")

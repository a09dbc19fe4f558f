"""
Statements for many rows at a time, each as fast as the database allows.

PostgreSQL takes all rows as one parameter, because an execution costs more than a row. SQLite is a
function call away and takes them one by one.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Column, Dialect, Table
from sqlmodel import Session

from bot.sql import fast_json
from bot.sql.statements import asking

_RowValues = Mapping[str, Any]
_Encode = Callable[[Any], Any]
#: Where PostgreSQL's statements have the rows from.
_GIVEN_ROWS = "json_to_recordset(%s::json) AS given"


class _Columns:
    """Columns by the names that rows of values have for them."""

    def __init__(self, columns: Mapping[str, Column[Any]], dialect: Dialect) -> None:
        self._columns = columns
        self._dialect = dialect
        self._encoders = [(name, self._encoder(column)) for name, column in columns.items()]

    def tuples(self, rows: Iterable[_RowValues]) -> list[tuple[Any, ...]]:
        """Return rows as SQLite's driver takes them."""
        return [
            tuple([encode(row[name]) if encode else row[name] for name, encode in self._encoders])
            for row in rows
        ]

    def json(self, rows: Iterable[_RowValues]) -> str:
        """Return rows as `recordset` reads them."""
        encoded = [
            {name: encode(row[name]) if encode else row[name] for name, encode in self._encoders}
            for row in rows
        ]
        return orjson.dumps(encoded).decode()

    @property
    def recordset(self) -> str:
        types = ", ".join(f"{name} {self._type(one)}" for name, one in self._columns.items())
        return f"{_GIVEN_ROWS}({types})"

    @property
    def selected(self) -> str:
        """Return the query for all columns of the recordset."""
        return f"SELECT {', '.join(map(self.given, self._columns))} FROM {self.recordset}"  # noqa: S608

    def given(self, name: str) -> str:
        """Return what one of them is called in a statement on the recordset."""
        return f"given.{name}" + ("::json" if is_json(self._columns[name]) else "")

    def _encoder(self, column: Column[Any]) -> _Encode | None:
        # JSON travels as a text, so that nothing in it is taken for a value of its own: a NUL, say.
        if is_json(column):
            return fast_json.text
        encode = column.type.dialect_impl(self._dialect).bind_processor(self._dialect)
        # A turn writes the same time into all its rows, and truth has two values.
        return lru_cache(encode) if encode else None

    def _type(self, column: Column[Any]) -> str:
        return "text" if is_json(column) else column.type.compile(self._dialect)


class _ManyRows(ABC):
    """A statement for rows of values, in each kind of database's own words."""

    def __init__(self, columns: Mapping[str, Column[Any]]) -> None:
        self._columns = columns
        self._forms: dict[str, tuple[str, _Columns]] = {}

    def _form(self, session: Session) -> tuple[str, _Columns]:
        dialect = session.get_bind().dialect
        if dialect.name not in self._forms:
            columns = _Columns(self._columns, dialect)
            sql = self._for_one() if dialect.name == "sqlite" else self._for_all(columns)
            self._forms[dialect.name] = sql, columns
        return self._forms[dialect.name]

    @abstractmethod
    def _for_one(self) -> str:
        """Return SQLite's statement for one row."""

    @abstractmethod
    def _for_all(self, columns: _Columns) -> str:
        """Return PostgreSQL's statement for all rows."""


class Insert(_ManyRows):
    """Inserts rows of a table, without the columns that are *left_out*."""

    def __init__(self, table: Table, left_out: Iterable[str] = ()) -> None:
        super().__init__(_columns_of(table, left_out))
        self._into = _into(table, self._columns)

    def run(self, session: Session, rows: Sequence[_RowValues]) -> None:
        """Insert the rows in order."""
        if not rows:
            return
        sql, columns = self._form(session)
        with asking(session, sql) as cursor:
            if is_sqlite(session):
                cursor.executemany(sql, columns.tuples(rows))
            else:
                cursor.execute(sql, [columns.json(rows)])

    def _for_one(self) -> str:
        return f"{self._into} {values(self._columns)}"

    def _for_all(self, columns: _Columns) -> str:
        return f"{self._into} {columns.selected}"


class _Selective(_ManyRows):
    """A statement that leaves some of the rows alone, and tells which it did not."""

    def __init__(self, table: Table, columns: Mapping[str, Column[Any]]) -> None:
        super().__init__(columns)
        (self._key,) = table.primary_key.columns.keys()

    def run(self, session: Session, rows: Sequence[_RowValues]) -> set[Any]:
        """Return the primary keys of the rows that it had an effect on."""
        if not rows:
            return set()
        sql, columns = self._form(session)
        with asking(session, sql) as cursor:
            if is_sqlite(session):
                tuples = zip(rows, columns.tuples(rows), strict=True)
                return {row[self._key] for row, one in tuples if cursor.execute(sql, one).rowcount}
            cursor.execute(sql, self._parameters(columns, rows))
            return {key for (key,) in cursor.fetchall()}

    def _parameters(self, columns: _Columns, rows: Sequence[_RowValues]) -> list[str]:
        """Return what PostgreSQL's statement is executed with."""
        return [columns.json(rows)]


class InsertAbsent(_Selective):
    """Inserts rows whose primary key is missing, even if others insert them at the same time."""

    def __init__(self, table: Table, left_out: Iterable[str] = ()) -> None:
        super().__init__(table, _columns_of(table, left_out))
        self._into = _into(table, self._columns)
        self._unless_there = f"ON CONFLICT ({self._key}) DO NOTHING"

    def _for_one(self) -> str:
        return f"{self._into} {values(self._columns)} {self._unless_there}"

    def _for_all(self, columns: _Columns) -> str:
        return f"{self._into} {columns.selected} {self._unless_there} RETURNING {self._key}"


class Update(_Selective):
    """
    Sets the columns *names* of the rows whose *guards* are as they were.

    A row of values has the primary key, the new values by their names, and the guards' as
    `old_…`. The columns *cleared* become NULL. What somebody else has changed is left alone.
    """

    def __init__(
        self,
        table: Table,
        names: Iterable[str],
        *,
        guards: Iterable[str] = (),
        cleared: Iterable[str] = (),
    ) -> None:
        (key,) = table.primary_key.columns
        self._table = table.name
        self._new = [*names]
        self._old = {key.name: key, **{f"old_{name}": table.c[name] for name in guards}}
        self._nulls = [f"{name} = NULL" for name in cleared]
        super().__init__(table, {name: table.c[name] for name in self._new} | self._old)

    def _for_one(self) -> str:
        sets = ", ".join([*(f"{name} = ?" for name in self._new), *self._nulls])
        held = " AND ".join(f"{column.name} = ?" for column in self._old.values())
        return f"UPDATE {self._table} SET {sets} WHERE {held}"  # noqa: S608 - our own names

    def _for_all(self, columns: _Columns) -> str:
        news = (f"{name} = {columns.given(name)}" for name in self._new)
        olds = (f"{one.name} = {columns.given(name)}" for name, one in self._old.items())
        held = " AND ".join(f"{self._table}.{one}" for one in olds)
        return (
            f"UPDATE {self._table} SET {', '.join([*news, *self._nulls])}"  # noqa: S608 - our own
            # The join says so too, but for it a table with few rows would be read through.
            f" FROM {columns.recordset} WHERE {self._table}.{self._key} ="
            f" ANY(ARRAY(SELECT json_array_elements_text(%s::json))) AND {held}"
            f" RETURNING {self._table}.{self._key}"
        )

    def _parameters(self, columns: _Columns, rows: Sequence[_RowValues]) -> list[str]:
        keys = fast_json.text([row[self._key] for row in rows])
        return [*super()._parameters(columns, rows), keys]


def _columns_of(table: Table, left_out: Iterable[str]) -> dict[str, Column[Any]]:
    return {one.name: one for one in table.c if one.name not in left_out}


def _into(table: Table, names: Iterable[str]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(names)})"


def values(names: Collection[str]) -> str:
    return f"VALUES ({', '.join('?' * len(names))})"


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)

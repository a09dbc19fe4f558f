"""
Statements that are compiled once per kind of database instead of at each execution.

They are for the few statements that run many times a second: compiling the SQL, converting the
values and calling the driver takes SQLAlchemy longer than the database takes to execute them. Here
the driver is called directly, on the connection and in the transaction of the session. Values are
converted by SQLAlchemy's types, and errors are SQLAlchemy's.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BindParameter, Dialect, String, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session

_Convert = Callable[[Any], Any]


class Statement:
    """
    A statement with named parameters, executed in a session's transaction.

    A constant that an index asks for must be in the SQL itself: `literal_column("'waiting'")`.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, **values: Any) -> list[Any]:
        """Return the rows of a query, as named tuples."""
        form = self._form(session)
        with asking(session, form.sql) as cursor:
            cursor.execute(form.sql, form.bound(values))
            return form.read(cursor.fetchall() if cursor.description else [])

    def run(self, session: Session, **values: Any) -> None:
        """Execute once, for its effect."""
        form = self._form(session)
        with asking(session, form.sql) as cursor:
            cursor.execute(form.sql, form.bound(values))

    def run_each(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute once for each row of values; for none, not at all."""
        form = self._form(session)
        if rows:
            with asking(session, form.sql) as cursor:
                cursor.executemany(form.sql, [form.bound(row) for row in rows])

    def _form(self, session: Session) -> "_Form":
        dialect = session.get_bind().dialect
        form = self._forms.get(dialect.name)
        if form is None:
            compiled: Any = self._statement.compile(dialect=dialect)
            form = self._forms[dialect.name] = _Form(compiled, dialect)
        return form


@contextmanager
def asking(session: Session, sql: str) -> Iterator[Any]:
    """Give the driver's cursor for *sql*, and raise its errors as SQLAlchemy's `DBAPIError`."""
    connection = session.connection()
    driver, dialect = connection.connection, connection.dialect
    base: Any = dialect.loaded_dbapi.Error
    cursor = driver.cursor()
    try:
        yield cursor
    except base as error:
        if dialect.is_disconnect(error, driver.dbapi_connection, cursor):
            connection.invalidate(error)
            connection.engine.dispose()  # The others are gone as well, or soon will be.
        raise DBAPIError.instance(sql, None, error, base, dialect=dialect) from error


class _Form:
    """A statement as one kind of database takes it."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self.sql = str(compiled)
        self._is_positional = compiled.positional
        self._constants = {
            name: value for name, value in compiled.params.items() if value is not None
        }
        self._names = (compiled.positiontup if compiled.positional else None) or [*compiled.params]
        self._fields: list[tuple[str, _Convert | None]] = []
        for name in self._names:
            kind = compiled.binds[name].type.dialect_impl(dialect)
            self._fields.append((name, kind.bind_processor(dialect)))
        columns = compiled._result_columns
        self._decoders = [
            (number, decode)
            for number, column in enumerate(columns)
            if (decode := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        names = [column.keyname for column in columns]
        self._row: Callable[[list[Any]], Any] = namedtuple("Row", names)._make  # type: ignore[attr-defined]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """Return the parameters as the driver takes them."""
        if self._constants:
            values = {**self._constants, **values}
        bound = [
            values[name] if encode is None else encode(values[name])
            for name, encode in self._fields
        ]
        if self._is_positional:
            return tuple(bound)
        return dict(zip(self._names, bound, strict=True))

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the driver's rows with their values converted."""
        found = []
        for row in rows:
            values = list(row)
            for number, decode in self._decoders:
                values[number] = decode(values[number])
            found.append(self._row(values))
        return found


class OneOf(ColumnElement[bool]):
    """A text column's value is in a JSON array: one parameter for any number of texts."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.parameter: BindParameter[str] = bindparam(name, type_=String())


@compiles(OneOf, "sqlite")
def _one_of_sqlite(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, array = (compiler.process(one, **kw) for one in (element.column, element.parameter))
    return f"{column} IN (SELECT value FROM json_each({array}))"  # noqa: S608 - a parameter's mark


@compiles(OneOf, "postgresql")
def _one_of_postgresql(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, array = (compiler.process(one, **kw) for one in (element.column, element.parameter))
    # An array, not a query to be joined: so the index is used, whatever is known of the table.
    return f"{column} = ANY(ARRAY(SELECT json_array_elements_text({array}::json)))"


class GivenTexts(FunctionElement[str]):
    """The texts of a JSON array as rows with one column, `value`: to look each of them up."""

    inherit_cache = True

    def __init__(self, name: str) -> None:
        super().__init__(bindparam(name, type_=String()))


@compiles(GivenTexts, "sqlite")
def _texts_sqlite(element: GivenTexts, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **kw)}"


@compiles(GivenTexts, "postgresql")
def _texts_postgresql(element: GivenTexts, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_array_elements_text({compiler.process(element.clause_expr, **kw)}::json)"

"""From what somebody wrote to what a database runs: guarded, in its dialect, tried with it."""

import sqlglot
from sqlglot import exp

from bot.errors import InvalidError
from bot.sources.base import QueryError, SourceTable
from bot.sources.guard import guard_select, written
from bot.sources.opsbell_tables import own_tables
from bot.sources.portable_dates import with_sqlite_dates
from bot.sources.readers.base import Reader, SourceSpec
from bot.sources.used_tables import Readable, real_tables, refuse_query

#: Names that differ only by their case are two names, unless they are unquoted.
_FOLDING = frozenset({"postgres"})
#: Of a table in a query: what goes on to the SELECT in its place, and what that replaces.
_KEPT_PARTS = frozenset({"joins", "laterals", "pivots"})
_REPLACED_PARTS = frozenset({"this", "db", "catalog", "alias"})


def readable_tables(reader: Reader, spec: SourceSpec) -> list[SourceTable]:
    """Return the tables of a source that may be read: ours, or those of its allow-list."""
    if spec.views is not None:
        return own_tables()
    found = list(reader.tables())
    if spec.tables is None:
        return found
    allowed = {_without_schema(name, reader).lower() for name in spec.tables}
    return [table for table in found if table.name.lower() in allowed]


def check_select(sql: str, reader: Reader, spec: SourceSpec) -> str:
    """
    Return the one SELECT in the source's dialect, ready to be run.

    It is read in the source's dialect; if that fails, or the database does not take it, as generic
    SQL. Raises `InvalidError` with the field `query`, or `QueryError` if the database is away.
    """
    readable = Readable(
        readable_tables(reader, spec), reader.schemas, folds=spec.dialect in _FOLDING
    )
    try:
        return _tried(guard_select(sql, spec.dialect, readable), reader, spec)
    except InvalidError as error:
        try:
            query = guard_select(sql, None, readable)
            if spec.dialect == "sqlite":
                query = with_sqlite_dates(query)
            return _tried(query, reader, spec)
        except InvalidError:
            raise error from None


def runnable_select(sql: str, reader: Reader, spec: SourceSpec) -> str:
    """
    Return what is run for a query that `check_select` returned; raise `InvalidError` if it may not.

    It is guarded again: what may be read can have changed since, and a stored query is only text.
    """
    readable = Readable(
        readable_tables(reader, spec), reader.schemas, folds=spec.dialect in _FOLDING
    )
    query = guard_select(sql, spec.dialect, readable)
    return written(_with_views(query, readable, spec), spec.dialect)


def _tried(query: exp.Query, reader: Reader, spec: SourceSpec) -> str:
    text = written(query, spec.dialect)
    try:
        reader.prepare(runnable_select(text, reader, spec))
    except QueryError as error:
        if error.code != "failed":
            raise
        raise refuse_query(str(error)) from error
    return text


def _with_views(query: exp.Query, readable: Readable, spec: SourceSpec) -> exp.Query:
    """Put the SELECT of each of our tables where its name stands."""
    if spec.views is None:
        return query
    result = query.copy()
    for table in real_tables(result, readable):
        view = sqlglot.parse_one(spec.views[table.name.lower()], read=spec.dialect)
        assert isinstance(view, exp.Query)  # noqa: S101 - ours
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
        inner = exp.Subquery(this=view, alias=alias.copy())
        for part, value in table.args.items():
            if part in _KEPT_PARTS:
                inner.set(part, value)
            elif value and part not in _REPLACED_PARTS:
                raise refuse_query(f"the tables of this source have no {part}")
        table.replace(inner)
    return result


def _without_schema(name: str, reader: Reader) -> str:
    """Return the name of a table as it is listed: without a schema that need not be named."""
    schema, _, table = name.rpartition(".")
    return table if schema in reader.schemas else name

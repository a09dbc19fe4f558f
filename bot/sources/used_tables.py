"""The tables and columns that a query names, and whether they may be read. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from bot.errors import FieldProblem, InvalidError
from bot.sources.base import SourceTable
from bot.suggestions import closest, did_you_mean

#: Words of dates that look like columns: `DATE_TRUNC(month, day)`; columns that tables always have.
_WORD_LIST = """
    microsecond microseconds millisecond milliseconds second seconds minute minutes hour hours day
    days week weeks isoweek month months quarter quarters year years isoyear decade century dow doy
    dayofweek dayofyear epoch isodow sunday monday rowid oid _rowid_ value key
"""
_FREE_WORDS = frozenset(_WORD_LIST.split())
_LISTED_NAMES = 12
#: Rows whose columns only the database knows.
_OPAQUE = (
    exp.Unnest,
    exp.Lateral,
    exp.Pivot,
    exp.Values,
    exp.Columns,
    exp.XMLTable,
    exp.Comprehension,
)


@dataclass(frozen=True)
class Readable:
    """What may be read: the tables as they are listed, and the schemas that need not be named."""

    tables: Sequence[SourceTable]
    schemas: frozenset[str] = frozenset()
    folds: bool = True  # names differ by their case only if they are quoted, as in PostgreSQL
    by_name: dict[str, SourceTable] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        names = {self.normal(table.name): table for table in self.tables}
        object.__setattr__(self, "by_name", names)

    def normal(self, name: str) -> str:
        """Return the form of a listed name by which it is found."""
        return name if self.folds else name.lower()

    def spelt(self, identifier: exp.Identifier) -> str:
        """Return the form of a name in a query by which it is found."""
        is_exact = self.folds and identifier.quoted
        return str(identifier.name) if is_exact else str(identifier.name).lower()


def refuse_query(message: str, text: str = "", node: exp.Expr | None = None) -> InvalidError:
    """Return the error that says what is wrong with a query, and where."""
    place = _place(text, node)
    whole = f"{place}: {message}" if place else message
    return InvalidError(whole, [FieldProblem("query", whole)])


def _place(text: str, node: exp.Expr | None) -> str:
    """Return `line 2, column 8` of what a node begins with; nothing if it is not known."""
    if node is None:
        return ""
    starts = [
        one.meta["start"]
        for one in node.find_all(exp.Identifier, exp.Column, exp.Func, exp.Literal)
        if "start" in one.meta
    ]
    if not starts:
        return ""
    before = text[: min(starts)]
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"


def require_known_names(query: exp.Query, text: str, readable: Readable) -> None:
    """Raise `InvalidError` unless all tables may be read and all columns can be somebody's."""
    named: dict[str, list[SourceTable | None]] = {}
    for table in query.find_all(exp.Table):
        found = _found_table(table, text, readable)
        for alias in {table.alias_or_name.lower(), table.name.lower()} - {""}:
            named.setdefault(alias, []).append(found)
    is_opaque = query.find(*_OPAQUE) is not None or any(
        isinstance(table.this, exp.Func) for table in query.find_all(exp.Table)
    )
    known = _known_columns(query, named)
    for column in query.find_all(exp.Column):
        # More than two parts name a schema, or a field inside of a value: the database decides.
        if not isinstance(column.this, exp.Star) and len(column.parts) < 3:
            _require_column(column, text, named, known, is_opaque)


def real_tables(query: exp.Query, readable: Readable) -> Iterator[exp.Table]:
    """Yield the places where a query names a table of the database."""
    for table in list(query.find_all(exp.Table)):
        if isinstance(table.this, exp.Identifier) and not _is_cte(table, readable):
            yield table


def _found_table(table: exp.Table, text: str, readable: Readable) -> SourceTable | None:
    """Return the table that is meant, None for a CTE or a function; raise `InvalidError`."""
    if isinstance(table.this, exp.Func):
        if (table.catalog, table.db.lower()) not in (("", ""), ("", "pg_catalog")):
            raise refuse_query("functions of other schemas may not be called", text, table)
        return None
    if _is_cte(table, readable):
        return None
    if not isinstance(table.this, exp.Identifier):
        raise refuse_query("only tables may be read", text, table)
    parts = [readable.spelt(part) for part in table.parts if isinstance(part, exp.Identifier)]
    if len(parts) == len(table.parts):
        if len(parts) == 2 and parts[0] in readable.schemas:
            parts = parts[1:]
        if found := readable.by_name.get(".".join(parts)):
            return found
    known = [one.name for one in readable.tables]
    said = ".".join(part.name for part in table.parts)
    raise refuse_query(f"there is no table `{said}` to read{_hint(said, known)}", text, table)


def _hint(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest name; of many names a few are enough."""
    names = list(known)
    if closest(word, names) or len(names) <= _LISTED_NAMES:
        return did_you_mean(word, names)
    return f"; known: {', '.join(sorted(names)[:_LISTED_NAMES])}, …"


def _is_cte(table: exp.Table, readable: Readable) -> bool:
    """Tell whether a table is one that the query itself defines, where it is named."""
    if len(table.parts) != 1 or not isinstance(table.this, exp.Identifier):
        return False
    name = readable.spelt(table.this)
    child: exp.Expr = table
    while (above := child.parent) is not None:
        clause = above if isinstance(above, exp.With) else above.args.get("with_")
        if clause is child or not isinstance(clause, exp.With):
            clause = None
        if clause is not None and name in _visible(clause, child, readable):
            return True
        child = above
    return False


def _visible(clause: exp.With, child: exp.Expr, readable: Readable) -> list[str]:
    """Return the names that a WITH defines for one of its tables, or for what stands below it."""
    names = [
        readable.spelt(cte.args["alias"].this)
        for cte in clause.expressions
        if isinstance(cte.args.get("alias"), exp.TableAlias)
    ]
    inside = [index for index, cte in enumerate(clause.expressions) if cte is child]
    if not inside or clause.args.get("recursive"):
        return names
    return names[: inside[0]]  # A table sees those before it, and neither itself nor later ones.


def _known_columns(query: exp.Query, named: dict[str, list[SourceTable | None]]) -> frozenset[str]:
    """Return every name that a column without a table's name may have."""
    known = {
        column.name.lower()
        for tables in named.values()
        for table in tables
        if table is not None
        for column in table.columns
    }
    known |= {str(alias.alias).lower() for alias in query.find_all(exp.Alias)}
    for alias in query.find_all(exp.TableAlias):
        known |= {str(alias.name).lower(), *(one.name.lower() for one in alias.columns)}
    for one in query.find_all(exp.Lambda, exp.Aliases):
        known |= {argument.name.lower() for argument in one.args["expressions"]}
    known |= {one.name.lower() for one in query.find_all(exp.PropertyEQ)}
    return frozenset(known | named.keys() | _FREE_WORDS)


def _require_column(
    column: exp.Column,
    text: str,
    named: dict[str, list[SourceTable | None]],
    known: frozenset[str],
    is_opaque: bool,
) -> None:
    name, owner = column.name.lower(), column.table.lower()
    if owner and owner not in known and not is_opaque:
        hint = _hint(column.table, named)
        raise refuse_query(f"there is no table `{column.table}` in the query{hint}", text, column)
    tables = named.get(owner, []) if owner else []
    listed = [one.name for table in tables if table is not None for one in table.columns]
    if tables and None not in tables:
        if name not in {one.lower() for one in listed} | _FREE_WORDS:
            raise refuse_query(_no_column(column, f"{column.table}.", listed), text, column)
    elif not owner and not is_opaque and name not in known:
        raise refuse_query(_no_column(column, "", sorted(known - _FREE_WORDS)), text, column)


def _no_column(column: exp.Column, owner: str, known: Sequence[str]) -> str:
    message = f"there is no column `{owner}{column.name}`{_hint(column.name, known)}"
    if isinstance(column.this, exp.Identifier) and column.this.quoted:
        message += " (text stands in single quotes)"
    return message

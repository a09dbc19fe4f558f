"""
The guard: reads a query and lets exactly one SELECT through, which can only read.

What is run is written anew from what was understood, so that no database can understand the text
in another way. Pure; takes the time that a parser takes, so it runs in a worker process.
"""

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, SqlglotError

from bot.sources.allowed_functions import FUNCTION_NAMES, may_call, name_of_function
from bot.sources.limit_expressions import bracket_limits
from bot.sources.used_tables import Readable, refuse_query, require_known_names
from bot.suggestions import closest

#: Longer ones are no questions.
MAX_QUERY_CHARACTERS = 50_000
_ONLY_SELECT = "write one SELECT, which may begin with WITH; reports only read"
#: What sqlglot raises where it is given what it did not expect.
_CONFUSED = (RecursionError, AttributeError, TypeError, ValueError, LookupError)
_REFUSED_NODES: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.DML, "reports only read: it writes"),
    (exp.DDL, "reports only read: it changes tables"),
    (exp.Into, "SELECT INTO makes a table: leave INTO out"),
    (exp.Lock, "it locks rows: leave FOR UPDATE or FOR SHARE out"),
    (exp.Command, _ONLY_SELECT),
    (exp.Parameter, "it has a parameter, for which there is no value"),
    (exp.SessionParameter, "it has a parameter, for which there is no value"),
    (exp.Placeholder, "it has a placeholder, for which there is no value"),
    (exp.Directory, "files may not be read"),
    (exp.Summarize, _ONLY_SELECT),
    (exp.StoredProcedure, "procedures may not be called"),
    (exp.QueryOption, "it has options, which reports may not set"),
    (exp.Operator, "write the operator itself in place of OPERATOR(…)"),
    (exp.QueryTransform, "programs may not be run"),
    (exp.ScopeResolution, "write the name without `::` in it"),
)


def guard_select(text: str, dialect: str | None, readable: Readable) -> exp.Query:
    """
    Return the one SELECT of *text*, read in *dialect* (None: generic SQL).

    Raises `InvalidError` with the field `query`, the position and the fix.
    """
    query = _parse_one(text, dialect)
    for kind, message in _REFUSED_NODES:
        if (node := query.find(kind)) is not None:
            raise refuse_query(message, text, node)
    if isinstance(query, exp.Select) and not query.expressions:
        raise refuse_query("it names no columns")
    for call in query.find_all(exp.Func):
        _require_callable(call, text)
    require_known_names(query, text, readable)
    return query


def written(query: exp.Query, dialect: str) -> str:
    """Return the query as text of a dialect, without comments; raise `InvalidError`."""
    try:
        return query.sql(dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, *_CONFUSED) as error:
        raise refuse_query(f"it cannot be said in the dialect {dialect}: {error}") from None


def _parse_one(text: str, dialect: str | None) -> exp.Query:
    if len(text) > MAX_QUERY_CHARACTERS:
        raise refuse_query(f"it is longer than {MAX_QUERY_CHARACTERS:,} characters")
    if "\0" in text:
        raise refuse_query("it contains a NUL character")
    try:
        language = Dialect.get_or_raise(dialect)
        tokens = language.tokenize(text)
        if dialect != "duckdb":  # There it is per cent.
            tokens = bracket_limits(tokens)
        statements = [one for one in language.parser().parse(tokens, text) if one is not None]
    except SqlglotError as error:
        raise refuse_query(_syntax_problem(error)) from None
    except _CONFUSED:
        raise refuse_query("it cannot be read: it is nested too deeply, or is no SQL") from None
    statements = [one for one in statements if not isinstance(one, exp.Semicolon)]
    if len(statements) > 1:
        raise refuse_query(f"there are {len(statements)} statements: {_ONLY_SELECT}")
    if not statements or not _is_select(statements[0]):
        raise refuse_query(_ONLY_SELECT)
    query = _without_brackets(statements[0])
    assert isinstance(query, exp.Query)  # noqa: S101 - for the type checker
    return query


def _without_brackets(statement: exp.Expr) -> exp.Expr:
    """Return `SELECT 1` for `(SELECT 1)`, which SQLite does not take."""
    while isinstance(statement, exp.Subquery) and statement.is_wrapper:
        statement = statement.this
    return statement


def _is_select(statement: exp.Expr) -> bool:
    if isinstance(statement, exp.Subquery):
        return _is_select(statement.this)
    return isinstance(statement, exp.Select | exp.SetOperation)


def _syntax_problem(error: SqlglotError) -> str:
    found = getattr(error, "errors", None)
    if not found:
        return "it cannot be read as SQL: check quotes and brackets"
    first = found[0]
    near = str(first.get("highlight") or "").strip()
    at = f"line {first['line']}, column {first['col']}: " if first.get("line") else ""
    return f"{at}it cannot be read as SQL" + (f" near `{near[:60]}`" if near else "")


def _schema_of(call: exp.Func) -> str | None:
    """Return the schema that a function is called with, if any."""
    owner = call.parent
    if isinstance(owner, exp.Dot) and owner.expression is call:
        return str(owner.this.name).lower()
    return None


def _require_callable(call: exp.Func, text: str) -> None:
    name = name_of_function(call)
    if _schema_of(call) not in (None, "pg_catalog"):
        raise refuse_query(f"functions of other schemas may not be called: `{name}`", text, call)
    if not may_call(call):
        near = closest(name, (one for one in FUNCTION_NAMES if one[0] == name[:1]))
        hint = f"; did you mean `{near}`?" if near else ": only functions that compute may"
        raise refuse_query(f"reports may not call `{name}`{hint}", text, call)

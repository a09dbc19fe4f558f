"""What a report asks: SQL, or a question in words that is planned as SQL."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Protocol

from bot.errors import FieldProblem, InvalidError
from bot.reports.analysts.base import Mode, PlannedSql
from bot.reports.models import Report
from bot.sources.base import Source
from bot.sources.result import ResultTable

#: How SQL begins; also what is refused later, so that it is refused as SQL and not as words.
_SQL = re.compile(
    r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/|\()*"
    r"(?:select\b|values\s*\(|with\s+(?:recursive\s+)?[\w\"`]+\s*(?:\([^)]*\)\s*)?as\b"
    r"|(?:insert|replace)\s+into\b|delete\s+from\b|update\s+\S+\s+set\b|merge\s+into\b"
    r"|(?:drop|create|alter|truncate)\s+(?:table|view|index|database|schema|function|user|role)\b"
    r"|(?:attach|pragma|copy|grant|revoke|vacuum|begin|commit|install|load|explain|call|execute)\s"
    r"|from\s+\S+\s+select\b|show\s+(?:tables|databases|schemas|columns)\b"
    r"|(?:table|describe|desc)\s+\S+\s*;?\s*$)",
    re.IGNORECASE | re.DOTALL,
)
#: What words hardly hold: `count(*)`, `* from`, `from sales where`.
_LIKE_SQL = re.compile(
    r"\b(?:count|sum|avg|min|max|coalesce|round|cast|extract|date_trunc)\s*\("
    r"|\*\s+from\b|\bfrom\s+\S+\s+where\b",
    re.IGNORECASE,
)
_CLAUSE_AFTER_FROM = re.compile(r"\b(?:group|order)\s+by\b", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[\s(]*([^\W\d_]+)")
#: As like SELECT as a mistyped one; these are words.
_NO_TYPING_MISTAKES = frozenset({"elect", "elected", "elects", "selected", "selection", "selects"})
_AS_LIKE = 0.8


class SourceRegistry(Protocol):
    """The configured sources (`bot.sources.registry`)."""

    def get(self, name: str | None, tenant: str) -> Source:
        """Return a tenant's source of this name, or its only one; raise `InvalidError`."""
        ...

    async def health(self, tenant: str) -> Mapping[str, str]:
        """Return `ok` for each of a tenant's sources, or why it does not answer."""
        ...


class PlanQuestion(Protocol):
    """Plans a question in words as SQL of a source, by the dates of a zone at a time."""

    async def __call__(
        self, question: str, source: Source, timezone: str, now: datetime, mode: Mode | None
    ) -> PlannedSql:
        """Return the query; no model is asked where *mode* is None. Raises `QueryError`."""
        ...


@dataclass(frozen=True)
class AskedSql:
    """The one SELECT that answers, and where it is asked."""

    source: Source
    sql: str


def is_sql(query: str) -> bool:
    """Tell whether a query is SQL, even such that will be refused, and not a question in words."""
    return _SQL.match(query) is not None


def typed_for_select(query: str) -> str | None:
    """Return the first word, where it is a mistyped SELECT."""
    found = _FIRST_WORD.match(query)
    word = found[1] if found else ""
    if word.lower() in _NO_TYPING_MISTAKES:
        return None
    return word if get_close_matches(word.lower(), ["select"], cutoff=_AS_LIKE) else None


def _is_like_sql(query: str) -> bool:
    """Tell whether a question holds a call of a function, or FROM with other clauses."""
    begin = _FROM.search(query)
    has_clause = begin is not None and _CLAUSE_AFTER_FROM.search(query, begin.end()) is not None
    return has_clause or _LIKE_SQL.search(query) is not None


class Questions:
    """Turns what was asked into a query that has been checked."""

    def __init__(
        self,
        sources: SourceRegistry,
        plan: PlanQuestion,
        with_units: Callable[[ResultTable], ResultTable] = lambda table: table,
    ) -> None:
        self._sources = sources
        self._plan = plan
        self._with_units = with_units

    async def rows(self, asked: "AskedSql") -> ResultTable:
        """Return all rows, with the units of the metrics among their columns."""
        found = await asked.source.fetch(asked.sql)
        return await asyncio.to_thread(self._with_units, found)

    def source(self, name: str | None, tenant: str) -> Source:
        """Return a source; raise `InvalidError` with the field `source`."""
        try:
            return self._sources.get(name, tenant)
        except InvalidError as error:
            problems = error.problems or [FieldProblem("source", str(error))]
            raise InvalidError(str(error), problems) from error

    async def read(
        self, query: str, source: Source, timezone: str, now: datetime, mode: Mode | None
    ) -> str:
        """
        Return the SELECT that answers *query*; where *mode* is None without asking a model.

        Raises `InvalidError` with the field `query` (what is refused, or missing) and `QueryError`
        if the source does not answer.
        """
        if is_sql(query):
            return await source.check(query)
        is_typed = typed_for_select(query) is not None or _is_like_sql(query)
        # No model is asked to guess at SQL with a typing mistake in it.
        planned = await self._plan(query, source, timezone, now, None if is_typed else mode)
        if planned.sql is None:
            if is_typed:
                return await self._as_sql(query, source)
            missing = planned.missing or "it cannot be answered: write SQL instead"
            raise InvalidError(missing, [FieldProblem("query", missing)])
        return await source.check(planned.sql)

    async def _as_sql(self, query: str, source: Source) -> str:
        """Return what looks like SQL as SQL; raise `InvalidError` with what is wrong with it."""
        try:
            return await source.check(query)
        except InvalidError as error:
            word = typed_for_select(query)
            told = error.problems[0].message if error.problems else str(error)
            problem = f"it looks like SQL, but cannot be read: {told}"
            if word:
                problem = f"it looks like SQL; did you mean `SELECT` in place of `{word}`?"
            raise InvalidError(problem, [FieldProblem("query", problem)]) from error

    async def asked_at(self, report: Report, timezone: str, at: datetime) -> AskedSql:
        """
        Return what a run asks: a question over metrics is planned anew by the dates of *at*.

        What a model planned is asked as it was saved, for that is what the owner saw. It is
        checked once more: tables go and allow-lists change. Raises what `read` does.
        """
        source = self.source(report.source, report.tenant)
        if is_sql(report.query):
            return AskedSql(source, await source.check(report.query))
        try:
            return AskedSql(source, await self.read(report.query, source, timezone, at, None))
        except InvalidError:
            if not report.sql:
                raise
            return AskedSql(source, await source.check(report.sql))

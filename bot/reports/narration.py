"""
Turns the rows of a run into a checked narrative: the one way in which figures reach a message.

What a model writes is checked and repaired once. What still does not follow from the rows is left
out; if it is the summary, the built-in analyst writes instead. Either way a line says so, and a
report is never left without a narrative.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.clock import Clock
from bot.reports.analysts.base import (
    Analyst,
    AnalystError,
    Audience,
    Brief,
    ChartSpec,
    Draft,
    Mode,
    Narrative,
    PlannedSql,
    Schema,
    Usage,
)
from bot.reports.analysts.builtin import BUILTIN, BuiltinAnalyst
from bot.reports.analysts.chart_choice import checked_chart, choose_charts
from bot.reports.figures.checking.checker import check_narrative, keep_publishable
from bot.reports.figures.computation import compute_values
from bot.reports.figures.reference_filling import Metric, fill_narrative
from bot.reports.spending import DailySpending
from bot.sources.result import ResultTable

logger = structlog.get_logger(__name__)

MAX_CACHED = 256
_TOLD_CHARTS = 2
LONGEST_QUESTION = 1_000
_UNFIT = "The model's text held figures, dates or names that the rows do not hold"
_LEFT_OUT = (
    "Parts of the model's text that held figures, dates or names that the rows do not hold are "
    "left out."
)
_WRITTEN_BY_US = "This was written by the built-in analyst."
#: Answers that another try may make better; whatever else went wrong, the next would, too.
_REPAIRABLE = frozenset({"empty", "cut", "blocked", "malformed"})
_AGAIN = {
    "empty": "the answer was empty",
    "cut": "the answer was too long; write less",
    "blocked": "the answer was held back; keep to the rows",
    "malformed": "the answer was no JSON of the schema",
}
_Write = Callable[[Sequence[str]], Awaitable[Draft]]
_Instead = Callable[[Sequence[str], Usage | None], Awaitable["Narrated"]]


@dataclass(frozen=True)
class Narrated:
    """
    What is told of a run. Texts are plain, without references: rendering escapes them.

    `figures`: `{ref, text, origin, value}` of each value; `total` and `traced` count the places
    where figures stand. `by`: the analyst that wrote it. `notes`: what readers must know of it.
    """

    summary: str
    key_metrics: tuple[Metric, ...]
    insights: tuple[str, ...]
    recommendations: tuple[str, ...]
    charts: tuple[ChartSpec, ...]
    figures: tuple[dict[str, Any], ...]
    total: int
    traced: int
    usage: Usage
    by: str
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with a run, without the figures."""
        return {
            "summary": self.summary,
            "key_metrics": [
                {"label": one.label, "text": one.text, "ref": one.ref} for one in self.key_metrics
            ],
            "insights": list(self.insights),
            "recommendations": list(self.recommendations),
            "charts": [
                {
                    "kind": one.kind,
                    "title": one.title,
                    "category": one.category,
                    "series": list(one.series),
                }
                for one in self.charts
            ],
            "by": self.by,
            "notes": list(self.notes),
        }


def make_brief(
    *,
    name: str,
    description: str,
    question: str,
    frequency: str,
    audience: Audience,
    mode: Mode,
    table: ResultTable,
    previous: ResultTable | None = None,
    warnings: Sequence[str] = (),
    today: date | None = None,
) -> Brief:
    """
    Return what an analyst is told, with every value computed. Takes a while for many rows.

    *today* is the day, or the moment, on the wall of the report's zone: periods that it is in are
    not whole.
    """
    return Brief(
        name=name,
        description=description,
        question=question,
        frequency=frequency,
        audience=audience,
        mode=mode,
        table=table,
        values=compute_values(table, previous, today),
        previous=previous,
        warnings=tuple(warnings),
    )


class Narration:
    """Writes, checks, repairs and falls back; keeps what was paid for, and to the daily limit."""

    def __init__(
        self,
        analyst: Analyst,
        builtin: BuiltinAnalyst,
        clock: Clock,
        spending: DailySpending,
        *,
        cache_for: timedelta = timedelta(hours=1),
    ) -> None:
        self._analyst = analyst
        self._builtin = builtin
        self._clock = clock
        self._spending = spending
        self._cache_for = cache_for
        self._cache: dict[str, tuple[datetime, Narrated]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def analyst_name(self) -> str:
        """Return the name of the analyst that writes if nothing is in its way."""
        return self._analyst.name

    async def narrate(self, brief: Brief) -> Narrated:
        """Return the narrative of a run; the same report over the same rows is not paid twice."""

        async def write(problems: Sequence[str]) -> Draft:
            if problems:
                return await self._analyst.repair(brief, problems)
            return await self._analyst.write(brief)

        async def instead(notes: Sequence[str], usage: Usage | None) -> Narrated:
            draft = await self._builtin.write(brief)
            return _narrated(draft.narrative, brief, BUILTIN, notes, usage)

        if self._analyst.name == BUILTIN:
            return await instead((), None)
        key = await asyncio.to_thread(_cache_key, self._analyst.name, brief)
        async with self._locks.setdefault(key, asyncio.Lock()):
            cached = self._cached(key)
            if cached is not None:
                return cached
            narrated = await self._by_model(brief, write, instead, "narrative")
            if narrated.by != BUILTIN:
                self._keep(key, narrated)
            return narrated

    async def answer_question(self, question: str, brief: Brief) -> Narrated:
        """Return the answer to a question from the rows of a run; it is the summary."""
        asked = question.strip()[:LONGEST_QUESTION]

        async def write(_problems: Sequence[str]) -> Draft:
            draft = await self._analyst.answer(asked, brief)
            return replace(draft, narrative=Narrative(draft.narrative.summary))

        async def instead(notes: Sequence[str], usage: Usage | None) -> Narrated:
            draft = await self._builtin.answer(asked, brief)
            return _without_charts(_narrated(draft.narrative, brief, BUILTIN, notes, usage))

        if self._analyst.name == BUILTIN:
            return await instead((), None)
        return _without_charts(await self._by_model(brief, write, instead, "answer"))

    async def plan(self, question: str, schema: Schema) -> PlannedSql:
        """Return the query for a question in words: of the metrics first, then the model's."""
        planned = await self._builtin.plan(question, schema)
        if planned.sql is not None or self._analyst.name == BUILTIN:
            return planned
        if limit := await self._spending.exceeded():
            return replace(planned, missing=f"{planned.missing} {limit}".strip())
        try:
            found = await self._analyst.plan(question, schema)
        except AnalystError as error:
            await self._spend(error.usage)
            return PlannedSql(None, str(error), error.usage)
        await self._spend(found.usage)
        return found

    async def _by_model(
        self, brief: Brief, write: _Write, instead: _Instead, place: str
    ) -> Narrated:
        """Let the model write, at most twice; else do it ourselves, with a line that says why."""
        if limit := await self._spending.exceeded():
            return await instead((f"{limit} {_WRITTEN_BY_US}",), None)
        usage: Usage | None = None
        problems: Sequence[str] = ()
        why = ""
        refused: Narrative | None = None
        for _ in range(2):
            try:
                draft = await write(problems)
            except AnalystError as error:
                usage = _sum(usage, error.usage)
                await self._spend(error.usage)
                logger.warning("analyst_failed", code=error.code, place=place)
                why, problems = str(error), (_AGAIN.get(error.code, ""),)
                if error.code not in _REPAIRABLE:
                    break
                continue
            usage = _sum(usage, draft.usage)
            await self._spend(draft.usage)
            problems = await asyncio.to_thread(check_narrative, draft.narrative, brief)
            if not problems:
                return _narrated(draft.narrative, brief, self._analyst.name, (), usage)
            logger.warning("narrative_refused", problems=len(problems), place=place)
            why, refused = _UNFIT, draft.narrative
        kept = refused and await asyncio.to_thread(keep_publishable, refused, brief)
        if kept is not None:
            return _narrated(kept, brief, self._analyst.name, (_LEFT_OUT,), usage)
        return await instead((f"{why.rstrip('.')}. {_WRITTEN_BY_US}",), usage)

    async def _spend(self, usage: Usage | None) -> None:
        if usage is not None:
            await self._spending.add(usage)

    def _cached(self, key: str) -> Narrated | None:
        found = self._cache.get(key)
        if found is None or found[0] + self._cache_for <= self._clock.now():
            return None
        # It was paid for when it was written.
        return replace(found[1], usage=Usage(found[1].usage.model, cost=Decimal(0)))

    def _keep(self, key: str, narrated: Narrated) -> None:
        self._cache.pop(key, None)
        while len(self._cache) >= MAX_CACHED:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = (self._clock.now(), narrated)


def _narrated(
    narrative: Narrative, brief: Brief, by: str, notes: Sequence[str], usage: Usage | None
) -> Narrated:
    filled = fill_narrative(narrative, brief.values)
    charts = [checked_chart(one, brief.table) for one in narrative.charts]
    drawn = tuple(one for one in charts if one is not None)[:_TOLD_CHARTS]
    return Narrated(
        summary=filled.summary,
        key_metrics=filled.key_metrics,
        insights=filled.insights,
        recommendations=filled.recommendations,
        charts=drawn or choose_charts(brief.table),
        figures=tuple(one.as_json() for one in filled.figures),
        total=filled.total,
        traced=filled.traced,
        usage=usage or Usage(by),
        by=by,
        notes=tuple(notes),
    )


def _without_charts(narrated: Narrated) -> Narrated:
    return replace(narrated, charts=())


def _sum(one: Usage | None, other: Usage | None) -> Usage | None:
    return one + other if one is not None and other is not None else one or other


def _cache_key(analyst: str, brief: Brief) -> str:
    """Return the same key for the same report over the same rows."""
    tables = [
        None
        if one is None
        else [one.source, one.sql, one.as_json()["columns"], one.as_json()["rows"]]
        for one in (brief.table, brief.previous)
    ]
    told = [
        analyst,
        brief.name,
        brief.description,
        brief.question,
        brief.frequency,
        brief.audience,
        brief.mode,
        list(brief.warnings),
        tables,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()

"""An analyst that asks a model, whichever it is."""

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

from bot.errors import InvalidError
from bot.reports.analysts import prompts
from bot.reports.analysts.base import (
    AnalystError,
    Brief,
    ChartSpec,
    Draft,
    Narrative,
    PlannedSql,
    Schema,
    Usage,
)
from bot.reports.analysts.model_client import Completion, ModelClient, ModelRequest
from bot.sources.base import QueryError

MAX_CALLS = 3
#: A report can wait so long for a service that asks for patience, and not longer.
MAX_WAIT_SECONDS = 20.0
MAX_CONCURRENT = 4
MAX_EXPLORED = 5
#: As JSON writes them, or as they are.
_NO_TEXT = re.compile(r"\\u0000|[\ud800-\udfff]")
_MAX_INSIGHTS, _MAX_METRICS, _MAX_CHARTS = 8, 8, 2


class ModelAnalyst:
    """Writes, plans and answers through a `ModelClient`; calls that may succeed are repeated."""

    def __init__(self, name: str, client: ModelClient, *, retry_seconds: float = 1.0) -> None:
        self._name = name
        self._client = client
        self._retry_seconds = retry_seconds
        self._calls = asyncio.Semaphore(MAX_CONCURRENT)

    @property
    def name(self) -> str:
        return self._name

    async def write(self, brief: Brief) -> Draft:
        """Say what the rows say."""
        return await self._narrative(brief, prompts.writing_rules(), prompts.writing_prompt(brief))

    async def repair(self, brief: Brief, problems: Sequence[str]) -> Draft:
        """Say it again; the model sees what was wrong, and not what it had written."""
        prompt = prompts.writing_prompt(brief, problems)
        return await self._narrative(brief, prompts.writing_rules(), prompt)

    async def answer(self, question: str, brief: Brief) -> Draft:
        """Answer a question from the rows alone; the answer is the summary."""
        prompt = prompts.answering_prompt(question, brief)
        return await self._narrative(brief, prompts.answering_rules(), prompt)

    async def plan(self, question: str, schema: Schema) -> PlannedSql:
        """Return the SELECT for a question; with `schema.explore` after a few looks at the data."""
        if schema.explore is None:
            request = ModelRequest(
                prompts.PLANNING,
                prompts.planning_prompt(question, schema),
                prompts.PLAN_SCHEMA,
                "quick",
            )
            found, usage = await self._json(request)
            return _planned(found, usage)
        return await self._explore(question, schema)

    async def _explore(self, question: str, schema: Schema) -> PlannedSql:
        looked: list[tuple[str, str]] = []
        usage: Usage | None = None
        while True:
            request = ModelRequest(
                prompts.EXPLORING if len(looked) < MAX_EXPLORED else prompts.PLANNING,
                prompts.planning_prompt(question, schema, looked),
                prompts.PLAN_SCHEMA,
                "deep",
            )
            found, paid = await self._json(request)
            usage = paid if usage is None else usage + paid
            sql = _text_at(found, "sql")
            if found.get("action") != "query" or not sql or len(looked) >= MAX_EXPLORED:
                return _planned(found, usage)
            looked.append((sql, await _look(sql, schema)))

    async def _narrative(self, brief: Brief, system: str, prompt: str) -> Draft:
        request = ModelRequest(system, prompt, prompts.NARRATIVE_SCHEMA, brief.mode)
        found, usage = await self._json(request)
        narrative = _read_narrative(found)
        if not narrative.summary:
            raise AnalystError("empty", "The model gave an empty answer.", usage=usage)
        return Draft(narrative, usage)

    async def _json(self, request: ModelRequest) -> tuple[dict[str, Any], Usage]:
        completion = await self._complete(request)
        if not completion.text.strip():
            raise AnalystError("empty", "The model gave an empty answer.", usage=completion.usage)
        try:
            found = json.loads(_without_fence(completion.text))
            is_usable = isinstance(found, dict) and _is_text(found)
        except (ValueError, RecursionError):
            is_usable = False
        if not is_usable:
            raise AnalystError(
                "malformed", "The model's answer could not be read.", usage=completion.usage
            )
        return found, completion.usage

    async def _complete(self, request: ModelRequest) -> Completion:
        calls = 1
        while True:
            try:
                async with self._calls:
                    return await self._client.complete(request)
            except AnalystError as error:
                wait = error.retry_after
                if wait is None or calls >= MAX_CALLS or wait > MAX_WAIT_SECONDS:
                    raise
                calls += 1
                await asyncio.sleep(max(wait, self._retry_seconds * (calls - 1)))


async def _look(sql: str, schema: Schema) -> str:
    """Return what a query shows, or why it was not run."""
    if schema.explore is None:
        return "not available"
    try:
        table = await schema.explore(sql)
    except (QueryError, InvalidError) as error:
        return f"not run: {error}"[: prompts.EXPLORED_CHARACTERS]
    return prompts.shown_result([column.name for column in table.columns], table.rows)


def _planned(found: dict[str, Any], usage: Usage) -> PlannedSql:
    sql = _text_at(found, "sql").strip().rstrip(";")
    if found.get("action") == "query":
        sql = ""
    missing = _text_at(found, "missing").strip() or "The model found no query for this question."
    return PlannedSql(sql or None, "" if sql else missing[:500], usage)


def _read_narrative(found: dict[str, Any]) -> Narrative:
    """Return what was answered; what is of a wrong type is left out."""
    return Narrative(
        summary=_text_at(found, "summary").strip(),
        key_metrics=tuple(one.strip("{} ") for one in _texts(found, "key_metrics"))[:_MAX_METRICS],
        insights=tuple(_texts(found, "insights"))[:_MAX_INSIGHTS],
        recommendations=tuple(_texts(found, "recommendations"))[:_MAX_INSIGHTS],
        charts=tuple(_charts(found))[:_MAX_CHARTS],
    )


def _text_at(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _texts(found: dict[str, Any], key: str) -> list[str]:
    values = found.get(key)
    if not isinstance(values, list):
        return []
    return [one.strip() for one in values if isinstance(one, str) and one.strip()]


def _charts(found: dict[str, Any]) -> list[ChartSpec]:
    charts = []
    for one in found["charts"] if isinstance(found.get("charts"), list) else ():
        if not isinstance(one, dict) or one.get("kind") not in ("bar", "line", "area", "pie"):
            continue
        category, series = one.get("category"), one.get("series")
        if isinstance(category, int) and isinstance(series, list):
            indices = tuple(index for index in series if isinstance(index, int))
            charts.append(ChartSpec(one["kind"], "", category, indices))
    return charts


def _without_fence(text: str) -> str:
    """Return the JSON of an answer that stands in a code block, or between some words."""
    begin, end = text.find("{"), text.rfind("}")
    return text[begin : end + 1] if 0 <= begin < end else text


def _is_text(found: dict[str, Any]) -> bool:
    """Tell whether databases can hold what was answered: no NULs, no halves of characters."""
    return not _NO_TEXT.search(json.dumps(found, ensure_ascii=False))

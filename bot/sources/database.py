"""A source whose queries run in worker processes; the bot itself neither parses nor connects."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.clock import Clock
from bot.errors import FieldProblem, InvalidError, UnavailableError, WorkerStoppedError
from bot.messages.workers.pool import Workers
from bot.sources.base import QueryError, SourceColumn, SourceTable
from bot.sources.result import ColumnKind, ResultTable

#: What a worker gets beyond the source's own timeout, to start and to say that it was reached.
_READER_GRACE_SECONDS = 15.0


class DatabaseSource:
    """One database, read-only; see `bot.sources.base.Source`."""

    def __init__(self, spec: dict[str, Any], workers: Workers, clock: Clock) -> None:
        """Take a source as `SourceSpec` has it, what runs its queries, and what tells the time."""
        self._spec = spec
        self._workers = workers
        self._clock = clock

    @property
    def name(self) -> str:
        return str(self._spec["name"])

    @property
    def dialect(self) -> str:
        return str(self._spec["dialect"])

    async def tables(self) -> Sequence[SourceTable]:
        found = await self._done("tables")
        return [
            SourceTable(
                name,
                tuple(
                    SourceColumn(column, ColumnKind(kind), has_zone)
                    for column, kind, has_zone in columns
                ),
            )
            for name, columns in found
        ]

    async def check(self, sql: str) -> str:
        try:
            return str(await self._done("check", sql=sql))
        except QueryError as error:
            if error.code == "unavailable":
                raise
            raise InvalidError(str(error), [FieldProblem("query", str(error))]) from error

    async def fetch(self, sql: str) -> ResultTable:
        at = self._clock.now()
        found = await self._done("fetch", sql=sql)
        stored = {**found, "sql": sql, "source": self.name, "fetched_at": at.isoformat()}
        return await asyncio.to_thread(ResultTable.from_json, stored)

    async def _done(self, kind: str, **job: Any) -> Any:
        timeout = self._spec["timeout_seconds"]
        try:
            answer = await self._workers.run(
                self.name,
                {"kind": kind, "source": self._spec, **job},
                wall_seconds=timeout + _READER_GRACE_SECONDS,
            )
        except WorkerStoppedError as error:
            raise _stopped_query(error, timeout) from error
        except UnavailableError as error:
            raise QueryError("unavailable", str(error)) from error
        if "query_error" in answer:
            raise QueryError(*answer["query_error"])
        if "invalid" in answer:
            problems = [FieldProblem(*pair) for pair in answer["problems"]]
            raise InvalidError(answer["invalid"], problems)
        return answer["done"]


def _stopped_query(error: WorkerStoppedError, timeout: float) -> QueryError:
    match error.limit:
        case "time":
            words = f"The query took longer than {timeout:g} s and was stopped: ask for less."
            return QueryError("timeout", words)
        case "memory":
            words = "The query takes too much memory and was stopped: ask for less."
            return QueryError("memory", words)
        case _:
            return QueryError("failed", f"The query was stopped: it {error}.")

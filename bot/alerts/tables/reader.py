"""Queries the tables of other systems whose tasks are checked; see `bot.alerts.tables.rows`."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot.alerts.external_alerts import ExternalReport
from bot.alerts.tables.rows import ReadTable, read_table
from bot.alerts.tables.runs import TableRuns
from bot.config_file import TaskTable
from bot.errors import InvalidError
from bot.sources.base import QueryError, Source

logger = structlog.get_logger(__name__)

#: How long an explicit check waits for the tables.
ASKED_SECONDS = 10.0
#: A single read may fail because the database restarts.
_FAILURES_TOLD = 2
_OK = "ok"
_NEVER_READ = "not read yet"

FindSource = Callable[[str, str], Source]


@dataclass
class _Standing:
    """How a table is: *problem* says why the last read failed, "" if it did not."""

    problem: str = ""
    failures: int = 0  # in a row
    is_read: bool = False
    report: ExternalReport | None = None  # what the alerts have not been told yet


class TableReader:
    """
    Reads the tables, apart from the checks, so that a slow database delays no check.

    What was read is taken in by one check only. A table that cannot be read changes no alert about
    its tasks. That is logged when it begins and when it ends; when it happens twice in a row it is
    reported as a trouble of its own, which is over as soon as the table can be read.
    """

    def __init__(self, settings: Mapping[str, TaskTable], find_source: FindSource | None) -> None:
        """*find_source* returns the source of a name that a tenant may read, or raises."""
        self._settings = settings
        self._find_source = find_source
        self._read: dict[str, ReadTable] = {}
        self._runs: dict[str, TableRuns] = {}
        self._standings = {name: _Standing() for name in settings}

    async def refresh(self) -> None:
        """Read every table, all at the same time."""
        if self._find_source is not None:
            find = self._find_source
            await asyncio.gather(*(self._refresh(name, find) for name in self._settings))

    async def refresh_soon(self) -> None:
        """Read those that answer within a few seconds."""
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                await self.refresh()
        except TimeoutError:
            logger.warning("task_tables_slow", seconds=ASKED_SECONDS)

    def take(self, tenant: str) -> Sequence[ReadTable]:
        """Return what was read of a tenant's tables since it was taken last."""
        return [self._read.pop(name) for name in self._of(tenant) if name in self._read]

    def runs(self, tenant: str) -> Sequence[TableRuns]:
        """Return for each of a tenant's tables the runs it had when it was last read."""
        return [self._runs.get(name, TableRuns()) for name in self._of(tenant)]

    def states(self, tenant: str) -> Mapping[str, str]:
        """Return for each of a tenant's tables `ok`, or why it cannot be read."""
        return {name: self._state_of(name) for name in self._of(tenant)}

    def reports(self, tenant: str) -> Sequence[ExternalReport]:
        """Return which tables can no longer be read, or can be again, until `told` is called."""
        known = (self._standings[name].report for name in self._of(tenant))
        return [report for report in known if report is not None]

    def told(self, reports: Sequence[ExternalReport]) -> None:
        """Note that the alerts have taken these in."""
        for standing in self._standings.values():
            if standing.report is not None and standing.report in reports:
                standing.report = None

    def _of(self, tenant: str) -> Iterator[str]:
        return (name for name, one in self._settings.items() if one.tenant == tenant)

    def _state_of(self, name: str) -> str:
        standing = self._standings[name]
        return standing.problem or (_OK if standing.is_read else _NEVER_READ)

    async def _refresh(self, name: str, find_source: FindSource) -> None:
        settings = self._settings[name]
        try:
            read = await read_task_table(name, settings, find_source)
        except (InvalidError, QueryError) as error:
            self._note_failure(name, str(error))
            return
        self._read[name] = read
        self._runs[name] = read.runs
        self._note_success(name)

    def _note_failure(self, name: str, problem: str) -> None:
        standing = self._standings[name]
        if problem != standing.problem:
            logger.warning("task_table_unreadable", table=name, reason=problem)
        standing.problem = problem
        standing.failures += 1
        if standing.failures == _FAILURES_TOLD:
            standing.report = _task_report_of(name, problem)

    def _note_success(self, name: str) -> None:
        standing = self._standings[name]
        if standing.problem:
            logger.info("task_table_readable", table=name)
        # Once after the start as well: the process before may have reported it.
        if not standing.is_read or standing.failures >= _FAILURES_TOLD:
            standing.report = _task_report_of(name, None)
        standing.problem, standing.failures, standing.is_read = "", 0, True


async def read_task_table(name: str, settings: TaskTable, find_source: FindSource) -> ReadTable:
    """Return a table's rows; raise `InvalidError` or `QueryError` where it cannot be read."""
    source = find_source(settings.source, settings.tenant)
    result = await source.fetch(await source.check(settings.query))
    return read_table(name, settings, result)


def _task_report_of(name: str, problem: str | None) -> ExternalReport:
    """Return the trouble that a table cannot be read, or that this is over."""
    kind = f"alerts.tables.{name}"
    summary = f"The table cannot be read: {problem}"
    return ExternalReport(kind, "unreadable", name, summary, is_over=problem is None)

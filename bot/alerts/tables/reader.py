"""Queries the tables of other systems whose tasks are checked; see `bot.alerts.tables.rows`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from bot.alerts.tables.rows import ReadTable, read_table
from bot.config_file import TaskTable
from bot.errors import InvalidError
from bot.sources.base import QueryError, Source

logger = structlog.get_logger(__name__)

#: How long an explicit check waits for the tables.
ASKED_SECONDS = 10.0

FindSource = Callable[[str, str], Source]


class TableReader:
    """
    Reads the tables, apart from the checks, so that a slow database delays no check.

    What was read is taken in by one check only. A table that cannot be read changes no alert; that
    is logged when it begins and when it ends.
    """

    def __init__(self, settings: Mapping[str, TaskTable], find_source: FindSource | None) -> None:
        """*find_source* returns the source of a name that a tenant may read, or raises."""
        self._settings = settings
        self._find_source = find_source
        self._read: dict[str, ReadTable] = {}
        self._unreadable: dict[str, str] = {}

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
        names = [name for name, one in self._settings.items() if one.tenant == tenant]
        return [self._read.pop(name) for name in names if name in self._read]

    async def _refresh(self, name: str, find_source: FindSource) -> None:
        settings, problem = self._settings[name], ""
        try:
            source = find_source(settings.source, settings.tenant)
            result = await source.fetch(await source.check(settings.query))
            self._read[name] = read_table(name, settings, result)
        except (InvalidError, QueryError) as error:
            problem = str(error)
        before = self._unreadable.pop(name, "")
        if problem:
            self._unreadable[name] = problem
            if problem != before:
                logger.warning("task_table_unreadable", table=name, reason=problem)
        elif before:
            logger.info("task_table_readable", table=name)

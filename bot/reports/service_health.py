"""How the room of reports is: its analyst, its sources, and its ticks; for `GET /api/health`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.reports.runs.due import DueReports
from bot.reports.runs.workers import RunWorkers

#: Whether sources answer is asked at most so often: each question is a query.
_ASKED_EVERY_SECONDS = 60.0
_WAITED_SECONDS = 2.0
_ALL_SOURCES = "(all)"


@dataclass(frozen=True)
class RoomStanding:
    """What health shows of reports."""

    analyst: str
    sources: Mapping[str, str]  # `ok`, or why it does not answer
    scheduler: Mapping[str, Any]


class ReportStanding:
    """Tells how the room is; *ask_sources* returns for a tenant what each source says."""

    def __init__(
        self,
        analyst: str,
        ask_sources: Callable[[str], Awaitable[Mapping[str, str]]],
        due: DueReports,
        workers: RunWorkers,
    ) -> None:
        self._analyst = analyst
        self._ask_sources = ask_sources
        self._due = due
        self._workers = workers
        self._asked: dict[str, tuple[float, asyncio.Future[Mapping[str, str]]]] = {}

    async def of(self, tenant: str) -> RoomStanding:
        """Return how the room is for a tenant; what sources said may be a minute old."""
        last = self._due.looked_at
        scheduler = {
            "lastTickAt": last.isoformat() if last else None,
            "runningReports": self._workers.running,
        }
        return RoomStanding(self._analyst, await self._sources(tenant), scheduler)

    async def _sources(self, tenant: str) -> Mapping[str, str]:
        """Return what is known; a source that is down must not hold up whoever asks."""
        asked_at, asking = self._asked.get(tenant, (0.0, None))
        if asking is None or (asking.done() and time.monotonic() - asked_at > _ASKED_EVERY_SECONDS):
            asking = asyncio.ensure_future(self._ask_sources(tenant))
            self._asked[tenant] = (time.monotonic(), asking)
        done, _ = await asyncio.wait({asking}, timeout=_WAITED_SECONDS)
        if not done:
            return {_ALL_SOURCES: "have not answered yet: ask again"}
        return asking.result()

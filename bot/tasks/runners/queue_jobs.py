"""The jobs of a queue that are attempts of our tasks, found by their ids."""

import asyncio
import hashlib
import json
import re
from collections import OrderedDict

from bot.tasks.runners.runner import Attempt, RunnerReports

#: Maximum number of cached ids that are not ours.
_MAX_STRANGERS = 10_000
_REFRESH_SECONDS = 0.5
#: How long Redis or a broker may take for a call, and to be connected.
QUEUE_CALL_SECONDS = 15.0
QUEUE_CONNECT_SECONDS = 5.0
_JOB_ID = re.compile(r"ob-[0-9a-f]{32}-[0-9]{1,10}")


def job_id_of(attempt: Attempt) -> str:
    """Return the job's id for an attempt; unique even if two tenants use the same task id."""
    key = json.dumps([attempt.tenant, attempt.task_id])
    return f"ob-{hashlib.sha256(key.encode()).hexdigest()[:32]}-{attempt.number}"


class Jobs:
    """The attempts of one runner that have not ended; asked of the tasks when an id is unknown."""

    def __init__(self, runner: str, reports: RunnerReports) -> None:
        self._runner = runner
        self._reports = reports
        self._attempts: dict[str, Attempt] = {}
        self._strangers: OrderedDict[str, None] = OrderedDict()
        self._looking = asyncio.Lock()

    def add(self, attempt: Attempt) -> str:
        """Remember an attempt and return the id of its job."""
        job_id = job_id_of(attempt)
        self._attempts[job_id] = attempt
        self._strangers.pop(job_id, None)
        return job_id

    async def find(self, job_id: str) -> Attempt | None:
        """Return the attempt of a job; None if it is not ours or has ended."""
        if not _JOB_ID.fullmatch(job_id) or job_id in self._strangers:
            return None
        if job_id not in self._attempts:
            await self.look()
        if job_id not in self._attempts:
            self._strangers[job_id] = None
            if len(self._strangers) > _MAX_STRANGERS:
                self._strangers.popitem(last=False)
        return self._attempts.get(job_id)

    async def look(self) -> dict[str, Attempt]:
        """Return all that were handed over and have not ended, by the ids of their jobs."""
        async with self._looking:
            found = {job_id_of(one): one for one in await self._reports.live(self._runner)}
            # Those that were added meanwhile are kept: they are only just handed over.
            self._attempts.update(found)
            await asyncio.sleep(_REFRESH_SECONDS)
            return found

    def forget(self, job_id: str) -> None:
        """Forget a job that has ended."""
        self._attempts.pop(job_id, None)

"""The BullMQ runner: Node workers take the jobs, and the queue's events report on them."""

import asyncio
import contextlib
import importlib
import math
from collections.abc import Mapping
from typing import Any

import structlog

from bot.config_file import BullRunner
from bot.errors import NotFoundError
from bot.redaction import redact
from bot.tasks.models import TaskStatus
from bot.tasks.runners.queue_jobs import QUEUE_CALL_SECONDS, QUEUE_CONNECT_SECONDS, Jobs
from bot.tasks.runners.runner import BEAT_SECONDS, Attempt, Launch, RunnerError, RunnerReports

logger = structlog.get_logger(__name__)

_BLOCK_MS = 5_000
_FOLLOWED_EVENTS = ("active", "progress", "completed", "failed", "removed")
LOCKED = "A worker has the job already; it learns of the cancel with its next report."
REMOVED = "The job is not in its queue any more: somebody removed it, or it was removed at its end."
#: States of a job that will not run any more.
_ENDED = frozenset({"completed", "failed"})

_QueueEvent = tuple[str, Mapping[str, Any]]


class BullQueue:
    """
    Adds one job per attempt; the same attempt again is the same job, which BullMQ adds once.

    The package is loaded with the first use, as a bot without such a queue does not need it.
    """

    repeatable = True

    def __init__(
        self,
        name: str,
        settings: BullRunner,
        reports: RunnerReports,
        *,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._settings = settings
        self._reports = reports
        self._jobs = Jobs(name, reports)
        self._beat_seconds = beat_seconds
        self._queue: Any = None
        self._missing: set[str] = set()

    async def start(self, launch: Launch) -> None:
        """Add the job; raise `RunnerError` if Redis does not take it."""
        job_id = self._jobs.add(launch.key)
        options = {"jobId": job_id}
        try:
            async with asyncio.timeout(QUEUE_CALL_SECONDS):
                await self._open().add(launch.task, launch.as_json(), options)
        except _redis_errors() as error:
            raise RunnerError(f"Redis did not take the job: {queue_reason(error)}") from error

    async def cancel(self, attempt: Attempt) -> None:
        """Remove a job that waits; raise `RunnerError` if a worker has it already."""
        job_id = self._jobs.add(attempt)
        try:
            async with asyncio.timeout(QUEUE_CALL_SECONDS):
                removed = await self._open().remove(job_id)
                state = None if removed else await self._state(job_id)
        except _redis_errors() as error:
            raise RunnerError(f"Redis did not take the cancel: {queue_reason(error)}") from error
        if state == "active":
            raise RunnerError(LOCKED)

    async def follow(self) -> None:
        """Report what the queue's events say, beginning with what happened before."""
        happened: asyncio.Queue[_QueueEvent] = asyncio.Queue()
        events = await self._listen(happened)
        reading = asyncio.create_task(events.run(), name="read BullMQ's events")
        try:
            await self._catch_up()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._report_all(happened))
                group.create_task(self._keep_alive())
                group.create_task(_until_it_breaks(reading))
        finally:
            await events.close()
            reading.cancel()

    async def stop(self) -> None:
        """Hang up."""
        if self._queue is not None:
            await self._queue.close()

    def _open(self) -> Any:
        """Return the queue, opened with the first call."""
        if self._queue is None:
            package = importlib.import_module("bullmq")
            options = {"connection": self._connect(), "prefix": self._settings.prefix}
            self._queue = package.Queue(self._settings.queue, options)
        return self._queue

    def _connect(self) -> Any:
        redis = importlib.import_module("redis.asyncio")
        return redis.from_url(
            self._settings.redis_url.get_secret_value(),
            decode_responses=True,
            socket_connect_timeout=QUEUE_CONNECT_SECONDS,
            # Longer than a call that waits for events.
            socket_timeout=QUEUE_CONNECT_SECONDS + _BLOCK_MS / 1000,
        )

    async def _listen(self, happened: asyncio.Queue[_QueueEvent]) -> Any:
        """Return what reads events from now on into *happened*, not yet running."""
        stream = f"{self._settings.prefix}:{self._settings.queue}:events"
        last = await self._open().client.xrevrange(stream, count=1)
        options = {
            "connection": self._connect(),
            "prefix": self._settings.prefix,
            "autorun": False,
            "blockingTimeout": _BLOCK_MS,
            "lastEventId": last[0][0] if last else "0",
        }
        events = importlib.import_module("bullmq").QueueEvents(self._settings.queue, options)
        for name in _FOLLOWED_EVENTS:
            events.on(name, _putter(happened, name))
        events.on("error", lambda error: logger.warning("bullmq_events_lost", reason=str(error)))
        return events

    async def _catch_up(self) -> None:
        """Report the state of jobs whose events were missed."""
        for job_id, attempt in (await self._jobs.look()).items():
            await self._report_state(job_id, attempt, await self._state(job_id))

    async def _report_all(self, happened: asyncio.Queue[_QueueEvent]) -> None:
        while True:
            name, told = await happened.get()
            attempt = await self._jobs.find(str(told.get("jobId", "")))
            if attempt is not None:
                with contextlib.suppress(NotFoundError):
                    await self._report(name, attempt, str(told["jobId"]), told)

    async def _report(
        self, name: str, attempt: Attempt, job_id: str, told: Mapping[str, Any]
    ) -> None:
        if name == "active":
            await self._reports.tell(attempt, TaskStatus.RUNNING)
        elif name == "progress":
            progress, note = progress_of(told.get("data"))
            await self._reports.tell(attempt, TaskStatus.RUNNING, progress=progress, note=note)
        elif name == "completed":
            stats = stats_of(told.get("returnvalue"))
            await self._reports.tell(attempt, TaskStatus.COMPLETED, stats=stats)
        elif name == "failed":
            error = str(told.get("failedReason") or "it failed")
            await self._reports.tell(attempt, TaskStatus.FAILED, error=error)
        else:
            await self._reports.tell(attempt, TaskStatus.LOST, error=REMOVED)
        if name in (*_ENDED, "removed"):
            self._jobs.forget(job_id)

    async def _keep_alive(self) -> None:
        """Renew the leases of the jobs that workers have, and notice what no event told."""
        while True:
            await asyncio.sleep(self._beat_seconds)
            for job_id, attempt in (await self._jobs.look()).items():
                state = await self._state(job_id)
                with contextlib.suppress(NotFoundError):
                    if state == "active":
                        await self._reports.beat(attempt)
                    else:
                        await self._report_state(job_id, attempt, state)

    async def _report_state(self, job_id: str, attempt: Attempt, state: str) -> None:
        told: dict[str, Any] = {}
        if state in _ENDED:
            job = await importlib.import_module("bullmq").Job.fromId(self._open(), job_id)
            told = {"returnvalue": job.returnvalue, "failedReason": job.failedReason} if job else {}
        elif state == "unknown" and job_id in self._missing:
            state = "removed"  # Missed twice, so that it is not its end that is being told.
        elif state == "unknown":
            self._missing.add(job_id)
        if state in (*_ENDED, "active", "removed"):
            self._missing.discard(job_id)
            with contextlib.suppress(NotFoundError):
                await self._report(state, attempt, job_id, told)

    async def _state(self, job_id: str) -> str:
        return str(await self._open().backend.getState(job_id))


def _putter(happened: asyncio.Queue[_QueueEvent], name: str) -> Any:
    def put(told: Mapping[str, Any], _entry_id: str) -> None:
        if str(told.get("jobId", "")).startswith("ob-"):
            happened.put_nowait((name, told))

    return put


async def _until_it_breaks(reading: "asyncio.Task[None]") -> None:
    """Wait for the reading of events, which ends only when Redis is away."""
    await asyncio.shield(reading)
    raise ConnectionError("the events of the queue cannot be read")


def _redis_errors() -> tuple[type[Exception], ...]:
    """Return the errors of an unreachable Redis; the package is loaded once it was used."""
    error: type[Exception] = importlib.import_module("redis.exceptions").RedisError
    return (error, OSError)  # TimeoutError is an OSError.


def queue_reason(error: BaseException) -> str:
    """Say what went wrong without secrets."""
    return redact(str(error)) or type(error).__name__


def progress_of(data: Any) -> tuple[int | None, str | None]:
    """Return the percentage, and the words beside it, of what a worker gave as its progress."""
    note = None
    if isinstance(data, Mapping):
        note = data.get("note") or data.get("message")
        data = data.get("progress", data.get("percent"))
    if isinstance(data, bool) or not isinstance(data, int | float) or not 0 <= data <= 100:
        return None, str(note)[:200] if note else None
    return math.floor(data), str(note)[:200] if note else None


def stats_of(value: Any) -> dict[str, Any] | None:
    """Return the numbers of what a worker returned, to be told at the end."""
    if not isinstance(value, Mapping):
        return None
    numbers = {
        str(name)[:100]: one
        for name, one in list(value.items())[:50]
        if isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)
    }
    return numbers or None

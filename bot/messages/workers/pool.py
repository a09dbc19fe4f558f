"""
The pool of worker processes that run tenants' templates and schemas, or the queries of sources.

They start with the first job and end after a while without jobs. Jobs are taken from the tenants in
turn, and no tenant may occupy all workers: a tenant with slow templates delays only itself. Among
the workers for queries each source stands for a tenant.
"""

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.errors import UnavailableError, WorkerStoppedError
from bot.messages.workers.process import Limits, WorkerProcess

logger = structlog.get_logger(__name__)

_COUNT = 2
_WORKER_IDLE_SECONDS = 60.0
#: More than a lane ever has under way; beyond it callers are told to come back.
MAX_WAITING_PER_TENANT = 1_000


@dataclass
class _Job:
    tenant: str
    request: Mapping[str, Any]
    wall_seconds: float | None = None
    reply: Future[Any] = field(default_factory=Future)


class Workers:
    """Runs jobs of tenants in at most *count* processes; belongs to no event loop."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        count: int = _COUNT,
        idle_seconds: float = _WORKER_IDLE_SECONDS,
    ) -> None:
        self._limits = limits or Limits()
        self._count = count
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[_Job]] = {}  # by tenant, next one first
        self._running: Counter[str] = Counter()  # by tenant
        self._threads: dict[threading.Thread, WorkerProcess | None] = {}
        self._idle = 0
        self._is_closed = False

    @property
    def running(self) -> int:
        """How many processes there are just now."""
        with self._changed:
            return sum(process is not None for process in self._threads.values())

    async def run(
        self, tenant: str, request: Mapping[str, Any], *, wall_seconds: float | None = None
    ) -> Any:
        """
        Return a worker's reply to *request*, a JSON object whose shape the program knows.

        *wall_seconds* replaces that of the limits for this job, once it has its worker.
        Raises `WorkerStoppedError` if the worker had to be stopped, `UnavailableError` if too many
        jobs of this tenant wait, or if the bot is stopping.
        """
        job = _Job(tenant, request, wall_seconds)
        with self._changed:
            self._add(job)
        return await asyncio.wrap_future(job.reply)

    def close(self) -> None:
        """End all workers; who waits for one gets `UnavailableError`."""
        with self._changed:
            self._is_closed = True
            left = [job for jobs in self._waiting.values() for job in jobs]
            self._waiting.clear()
            threads = [*self._threads]
            for process in self._threads.values():
                if process is not None:
                    process.kill()
            self._changed.notify_all()
        for job in left:
            if job.reply.set_running_or_notify_cancel():
                job.reply.set_exception(_closed())
        for thread in threads:
            thread.join()

    def _add(self, job: _Job) -> None:
        if self._is_closed:
            raise _closed()
        jobs = self._waiting.setdefault(job.tenant, deque())
        if len(jobs) >= MAX_WAITING_PER_TENANT:
            raise UnavailableError("Too many jobs are waiting: try again later.")
        jobs.append(job)
        are_enough = len(self._threads) >= self._count
        if not are_enough and self._idle < sum(map(len, self._waiting.values())):
            thread = threading.Thread(target=self._serve, name="worker", daemon=True)
            self._threads[thread] = None
            thread.start()
        self._changed.notify()

    def _serve(self) -> None:
        """Serve one process after the other until there was nothing to do for a while."""
        me = threading.current_thread()
        process: WorkerProcess | None = None
        try:
            while (job := self._next_job()) is not None:
                process = self._work(job, process)
        finally:
            with self._changed:
                self._threads.pop(me, None)
            if process is not None:
                process.close()

    def _work(self, job: _Job, process: WorkerProcess | None) -> WorkerProcess | None:
        """Do one job and return the process, None if it is no more."""
        try:
            if process is None:
                process = self._start()
            reply = process.ask(job.request, job.wall_seconds)
        except WorkerStoppedError as error:
            logger.warning(
                "worker_stopped",
                program=self._limits.program,
                tenant=job.tenant,
                reason=str(error),
            )
            self._forget_process()
            process = None
            job.reply.set_exception(_closed() if self._is_closed else error)
        except (OSError, ValueError, RecursionError) as error:
            # It could not be started, or the job or its reply is no JSON.
            logger.warning(
                "worker_failed",
                program=self._limits.program,
                tenant=job.tenant,
                reason=repr(error),
            )
            if process is not None:
                process.close()
            self._forget_process()
            process = None
            job.reply.set_exception(WorkerStoppedError("could not be given to a worker"))
        else:
            job.reply.set_result(reply)
        finally:
            with self._changed:
                self._running[job.tenant] -= 1
                if not self._running[job.tenant]:
                    del self._running[job.tenant]
        return process

    def _start(self) -> WorkerProcess:
        process = WorkerProcess(self._limits)
        with self._changed:
            self._threads[threading.current_thread()] = process
            if self._is_closed:
                process.kill()
        return process

    def _forget_process(self) -> None:
        with self._changed:
            self._threads[threading.current_thread()] = None

    def _next_job(self) -> _Job | None:
        with self._changed:
            while not self._is_closed:
                job = self._take()
                if job is not None:
                    return job
                self._idle += 1
                is_told = self._changed.wait(self._idle_seconds)
                self._idle -= 1
                if not is_told and not self._waiting:
                    break
            self._threads.pop(threading.current_thread(), None)
            return None

    def _take(self) -> _Job | None:
        """Take the next job of the first tenant that may have one more running."""
        limit = max(1, self._count - 1)
        for tenant, jobs in [*self._waiting.items()]:
            if self._running[tenant] >= limit:
                continue
            job = jobs.popleft()
            del self._waiting[tenant]
            if jobs:
                self._waiting[tenant] = jobs  # Now behind all others.
            if job.reply.set_running_or_notify_cancel():
                self._running[tenant] += 1
                return job
            return self._take()
        return None


def _closed() -> UnavailableError:
    return UnavailableError("The bot is stopping: try again in a moment.")

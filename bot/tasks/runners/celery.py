"""The Celery runner, by way of its broker: workers take the tasks, their events report on them."""

import ast
import asyncio
import contextlib
import importlib
from collections.abc import Mapping
from typing import Any

import structlog

from bot.config_file import CeleryRunner
from bot.errors import NotFoundError
from bot.tasks.models import TaskStatus
from bot.tasks.runners.bullmq import progress_of, queue_reason, stats_of
from bot.tasks.runners.queue_jobs import QUEUE_CALL_SECONDS, QUEUE_CONNECT_SECONDS, Jobs
from bot.tasks.runners.runner import BEAT_SECONDS, Attempt, Launch, RunnerError, RunnerReports

logger = structlog.get_logger(__name__)

_ANSWER_SECONDS = 2.0
#: A result is read for its numbers; one that is longer says nothing in a message.
_MAX_RESULT_CHARACTERS = 2_000

_ONLINE = "worker-online"

_WorkerEvent = Mapping[str, Any]


class CeleryQueue:
    """
    Sends one task per attempt, under an id of ours.

    The package is loaded at the first use, because a bot without Celery does not need it. It
    blocks, so it runs in threads.
    """

    # Celery runs a task twice that it is sent twice.
    repeatable = False

    def __init__(
        self,
        name: str,
        settings: CeleryRunner,
        reports: RunnerReports,
        *,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._settings = settings
        self._reports = reports
        self._jobs = Jobs(name, reports)
        self._beat_seconds = beat_seconds
        self._app: Any = None

    async def start(self, launch: Launch) -> None:
        """Send the task; raise `RunnerError` if the broker does not take it."""
        job_id = self._jobs.add(launch.key)
        try:
            async with asyncio.timeout(QUEUE_CALL_SECONDS):
                await asyncio.to_thread(self._send, job_id, launch)
        except _broker_errors() as error:
            raise RunnerError(f"The broker did not take the task: {queue_reason(error)}") from error

    async def cancel(self, attempt: Attempt) -> None:
        """Have the workers leave out the task, or end it where it runs."""
        job_id = self._jobs.add(attempt)
        try:
            async with asyncio.timeout(QUEUE_CALL_SECONDS):
                await asyncio.to_thread(
                    self._open().control.revoke, job_id, terminate=True, signal="SIGTERM"
                )
        except _broker_errors() as error:
            raise RunnerError(
                f"The broker did not take the cancel: {queue_reason(error)}"
            ) from error

    async def follow(self) -> None:
        """Report what the workers' events say."""
        happened: asyncio.Queue[_WorkerEvent] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(event: _WorkerEvent) -> None:
            is_ours = str(event.get("uuid", "")).startswith("ob-")
            if is_ours or event.get("type") == _ONLINE:
                loop.call_soon_threadsafe(happened.put_nowait, event)

        receivers: list[Any] = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.to_thread(self._receive, put, receivers))
                group.create_task(self._report_all(happened))
                group.create_task(self._keep_alive())
        finally:
            for receiver in receivers:  # Its thread looks once a second.
                receiver.should_stop = True

    async def stop(self) -> None:
        """Hang up."""
        if self._app is not None:
            await asyncio.to_thread(self._app.close)

    def _open(self) -> Any:
        """Return the application, made with the first call."""
        if self._app is None:
            backend = self._settings.result_backend
            self._app = importlib.import_module("celery").Celery(
                broker=self._settings.broker_url.get_secret_value(),
                backend=backend.get_secret_value() if backend else None,
                set_as_current=False,
            )
            self._app.conf.update(
                broker_connection_timeout=QUEUE_CONNECT_SECONDS,
                broker_connection_retry_on_startup=False,
                broker_transport_options={"socket_connect_timeout": QUEUE_CONNECT_SECONDS},
            )
        return self._app

    def _send(self, job_id: str, launch: Launch) -> None:
        self._open().send_task(
            launch.task,
            kwargs=launch.as_json(),
            task_id=job_id,
            queue=self._settings.queue,
            retry=False,
        )

    def _receive(self, put: Any, receivers: list[Any]) -> None:
        """Read events until told to stop; raise when the broker is away."""
        app = self._open()
        with app.connection_for_read() as connection:
            receiver = app.events.Receiver(connection, handlers={"*": put})
            receivers.append(receiver)
            app.control.enable_events()  # Workers need not be started with `-E`.
            for _ in receiver.consume(limit=None, timeout=None, wakeup=True):
                pass

    async def _report_all(self, happened: asyncio.Queue[_WorkerEvent]) -> None:
        while True:
            event = await happened.get()
            if event.get("type") == _ONLINE:  # One that was started without `-E`.
                await asyncio.to_thread(self._open().control.enable_events)
                continue
            job_id = str(event["uuid"])
            attempt = await self._jobs.find(job_id)
            if attempt is not None:
                with contextlib.suppress(NotFoundError):
                    await self._report(attempt, job_id, event)

    async def _report(self, attempt: Attempt, job_id: str, event: _WorkerEvent) -> None:
        match event.get("type"):
            case "task-started":
                await self._reports.tell(attempt, TaskStatus.RUNNING)
            case "task-progress":
                progress, note = progress_of(event)
                await self._reports.tell(attempt, TaskStatus.RUNNING, progress=progress, note=note)
            case "task-succeeded":
                stats = stats_of(result_of(event.get("result")))
                await self._reports.tell(attempt, TaskStatus.COMPLETED, stats=stats)
                self._jobs.forget(job_id)
            case "task-failed" | "task-rejected":
                await self._reports.tell(attempt, TaskStatus.FAILED, error=failure_of(event))
                self._jobs.forget(job_id)
            case "task-revoked":
                await self._reports.tell(attempt, TaskStatus.CANCELLED)
                self._jobs.forget(job_id)

    async def _keep_alive(self) -> None:
        """
        Renew the leases of tasks that workers report as running; read results that were missed.
        """
        while True:
            await self._read_results()
            await asyncio.sleep(self._beat_seconds)
            for job_id in await asyncio.to_thread(self._active):
                attempt = await self._jobs.find(job_id)
                if attempt is not None:
                    with contextlib.suppress(NotFoundError):
                        await self._reports.beat(attempt)

    async def _read_results(self) -> None:
        """Report the state of unfinished tasks from the result backend, if there is one."""
        if self._settings.result_backend is None:
            return
        for job_id, attempt in (await self._jobs.look()).items():
            found = await asyncio.to_thread(self._open().backend.get_task_meta, job_id)
            with contextlib.suppress(NotFoundError):
                await self._report_result(attempt, job_id, found)

    async def _report_result(self, attempt: Attempt, job_id: str, found: Mapping[str, Any]) -> None:
        result = found.get("result")
        event: dict[str, Any]
        match found.get("status"):
            case "SUCCESS":
                event = {"type": "task-succeeded", "result": repr(result)}
            case "FAILURE":
                trace = found.get("traceback")
                event = {"type": "task-failed", "exception": repr(result), "traceback": trace}
            case "REVOKED":
                event = {"type": "task-revoked"}
            case "STARTED":
                event = {"type": "task-started"}
            case "PENDING" | "RETRY" | None:
                return
            case _:  # A state of the task's own, with what it likes to say.
                told = result if isinstance(result, Mapping) else {}
                event = {**told, "type": "task-progress"}
        await self._report(attempt, job_id, event)

    def _active(self) -> list[str]:
        """Ask the workers what they run; a worker that came later sends its events from now on."""
        control = self._open().control
        control.enable_events()
        answers = control.inspect(timeout=_ANSWER_SECONDS).active() or {}
        return [str(one["id"]) for tasks in answers.values() for one in tasks]


def _broker_errors() -> tuple[type[Exception], ...]:
    """Return the errors of an unreachable broker; the package is loaded once it was used."""
    error: type[Exception] = importlib.import_module("kombu.exceptions").KombuError
    return (error, OSError)  # TimeoutError is an OSError.


def failure_of(event: _WorkerEvent) -> str:
    """Return the failure in an event: the exception, then where it was raised."""
    said = [str(event.get(name) or "") for name in ("exception", "traceback")]
    return "\n".join(text for text in said if text) or "The worker rejected the task."


def result_of(result: Any) -> Any:
    """Return what a task returned, which an event tells as Python would print it."""
    if not isinstance(result, str) or len(result) > _MAX_RESULT_CHARACTERS:
        return None
    with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
        return ast.literal_eval(result)
    return None

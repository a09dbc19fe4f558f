"""The command runner: a program on this machine, started from an argv template, never a shell."""

import asyncio
import contextlib
import json
import os
import re
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

import structlog

from bot.config_file import CommandRunner
from bot.errors import NotFoundError
from bot.tasks.models import TaskStatus
from bot.tasks.runners import supervisor
from bot.tasks.runners.command_runs import End, Run, Runs
from bot.tasks.runners.runner import BEAT_SECONDS, Attempt, Launch, RunnerError, RunnerReports

logger = structlog.get_logger(__name__)

_PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[A-Za-z0-9_]+)*)\}")
_LOOK_SECONDS = 0.1
#: Poll interval for unwatched runs: their process died.
_TAKE_UP_SECONDS = 5.0
#: Between asking a program to end and ending it.
_GRACE_SECONDS = 10.0
#: A supervisor that says nothing for so long has not started its program.
_START_MS = 60_000
#: What a program may know of our own environment; tokens and secrets are not among it.
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV")
UNKNOWN_END = "Nobody knows how it ended: its supervisor is gone. Look whether it ran, then retry."
NEVER_STARTED = "The bot was stopped before it could start this; retry."


class Command:
    """
    Runs one program per attempt, each under its own supervisor, and reports how it ended.

    A program that reports for itself (through the client) reports more, and ours are then ignored
    as outdated. A program outlives the bot: the next process finds its run on disk and watches it.
    """

    repeatable = False

    def __init__(
        self,
        settings: CommandRunner,
        runs: Runs,
        reports: RunnerReports,
        *,
        grace_seconds: float = _GRACE_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._reports = reports
        self._grace_seconds = grace_seconds
        self._beat_seconds = beat_seconds
        self._children: set[int] = set()
        self._watches: set[asyncio.Task[None]] = set()

    async def start(self, launch: Launch) -> None:
        """
        Start the program; raise `RunnerError` if it does not exist or a placeholder is unknown.
        """
        argv = [_fill_argv(part, launch) for part in self._settings.argv]
        try:
            run = await asyncio.to_thread(self._start, argv, launch)
        except (OSError, ValueError) as error:
            raise RunnerError(f"Cannot start `{argv[0]}`: {error}") from error
        self._watch(run)  # First, so that the program is watched even if the report fails.
        await self._reports.tell(run.attempt, TaskStatus.RUNNING)

    async def cancel(self, attempt: Attempt) -> None:
        """Ask the program and its children to end; those that do not are ended."""
        run = await asyncio.to_thread(self._runs.find, attempt)
        if run is None:
            return
        run.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * self._grace_seconds):
                while run.is_running:  # noqa: ASYNC110 - no other process tells us
                    await asyncio.sleep(_LOOK_SECONDS)

    async def follow(self) -> None:
        """Take up the programs that another process left, now and as soon as one does."""
        while True:
            self._reap()
            for run in await asyncio.to_thread(lambda: list(self._runs.unwatched())):
                logger.info("command_taken_up", task_id=run.attempt.task_id)
                self._watch(run)
            await asyncio.sleep(_TAKE_UP_SECONDS)

    async def stop(self) -> None:
        """Stop watching; the programs keep running."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    def _start(self, argv: list[str], launch: Launch) -> Run:
        """Start the supervisor and wait until it has started the program."""
        run = self._runs.create(launch.key)
        try:
            refusal = self._spawn(argv, launch, run)
        except (OSError, ValueError):
            run.remove()
            raise
        if refusal:
            run.remove()
            raise OSError(refusal)
        return run

    def _spawn(self, argv: list[str], launch: Launch, run: Run) -> str:
        """Return why the supervisor could not start the program, or nothing."""
        held = run.hold()
        reading, writing = os.pipe()
        program = Path(supervisor.__file__).resolve()
        told = [str(run.folder), str(self._grace_seconds), str(self._settings.cwd or "")]
        try:
            child = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", str(program), *told, *argv],
                self._environment(launch),
                file_actions=[  # In this order: one of them may have the number of another.
                    (os.POSIX_SPAWN_DUP2, writing, 1),
                    (os.POSIX_SPAWN_DUP2, held, supervisor.LOCK),
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
            )
        except (OSError, ValueError):
            os.close(reading)
            raise
        finally:
            os.close(held)
            os.close(writing)
        self._children.add(child)
        answer = _read_reply(reading)
        if not answer:
            os.kill(child, signal.SIGKILL)
        return "" if answer == supervisor.STARTED else answer or "its supervisor did not start"

    def _watch(self, run: Run) -> None:
        watch = asyncio.create_task(self._see_off(run), name=f"command {run.attempt.task_id}")
        self._watches.add(watch)

        def let_go(ended: asyncio.Task[None]) -> None:
            self._watches.discard(ended)
            run.let_go()

        watch.add_done_callback(let_go)  # Even if it is cancelled before it has begun.

    async def _see_off(self, run: Run) -> None:
        """Watch a program until its end is reported; continue after any failure on the way."""
        while True:
            try:
                await self._wait(run)
                await self._report_end(run)
            except NotFoundError:
                logger.info("command_of_no_task", task_id=run.attempt.task_id)
            except Exception:
                logger.exception("command_watch_failed", task_id=run.attempt.task_id)
                await asyncio.sleep(_TAKE_UP_SECONDS)
                continue
            await asyncio.to_thread(run.remove)
            self._reap()
            return

    async def _wait(self, run: Run) -> None:
        """Wait until the program has ended; keep its task alive, end it if that is cancelled."""
        beat_at = time.monotonic()
        while run.is_running:
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + self._beat_seconds
                with contextlib.suppress(NotFoundError):
                    if not await self._reports.beat(run.attempt):
                        run.cancel()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _report_end(self, run: Run) -> None:
        end, refusal = run.end(), run.refusal()
        code = end.code if end else None
        logger.info("command_ended", task_id=run.attempt.task_id, code=code)
        if end is not None:
            status = TaskStatus.FAILED if end.code else TaskStatus.COMPLETED
            await self._reports.tell(run.attempt, status, error=_error_of(end))
        elif refusal is not None or not run.was_started:
            await self._reports.tell(run.attempt, TaskStatus.FAILED, error=refusal or NEVER_STARTED)
        else:
            await self._reports.tell(run.attempt, TaskStatus.LOST, error=UNKNOWN_END)

    def _reap(self) -> None:
        """Let the system forget the supervisors that have ended."""
        for child in list(self._children):
            try:
                pid, _ = os.waitpid(child, os.WNOHANG)
            except ChildProcessError:
                pid = child
            if pid:
                self._children.discard(child)

    def _environment(self, launch: Launch) -> dict[str, str]:
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        told = {
            "OPSBELL_TASK_ID": launch.task_id,
            "OPSBELL_ATTEMPT": str(launch.attempt),
            "OPSBELL_CALLBACK_URL": launch.callback_url,
            "OPSBELL_CALLBACK_TOKEN": launch.callback_token or "",
            "OPSBELL_PAYLOAD": json.dumps(launch.payload),
        }
        return {**passed, **self._settings.env, **told}


def _fill_argv(part: str, launch: Launch) -> str:
    """Put the launch's values into one argument; it stays one argument whatever they are."""
    values: dict[str, Any] = {
        "task": launch.task,
        "task_id": launch.task_id,
        "subject": launch.subject or "",
        "dealer": launch.subject or "",
        "attempt": launch.attempt,
        "payload": launch.payload,
    }

    def value(match: re.Match[str]) -> str:
        found: Any = values
        for name in match[1].split("."):
            if not isinstance(found, dict) or name not in found:
                raise RunnerError(f"The command needs {match[0]}, which this task does not have.")
            found = found[name]
        return found if isinstance(found, str) else json.dumps(found)

    return _PLACEHOLDER.sub(value, part).replace("\0", "")


def _read_reply(reading: int) -> str:
    """Return what the supervisor says, or nothing if it does not; closes the descriptor."""
    try:
        poll = select.poll()
        poll.register(reading, select.POLLIN)
        return os.read(reading, 4096).decode(errors="replace") if poll.poll(_START_MS) else ""
    finally:
        os.close(reading)


def _error_of(end: End) -> str | None:
    """Return what its task says of a program that failed; None if it did not."""
    if end.code == 0:
        return None
    how = f"exit code {end.code}" if end.code > 0 else f"ended by signal {-end.code}"
    return "\n".join([how, *(end.err or end.out)])

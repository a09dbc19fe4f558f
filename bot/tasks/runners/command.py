"""A program on this machine, started from an argv template; never a shell."""

import asyncio
import contextlib
import json
import os
import re
import signal
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.config_file import CommandRunner
from bot.tasks.models import Status
from bot.tasks.runners.runner import Launch, RunnerError

logger = structlog.get_logger(__name__)

PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[A-Za-z0-9_]+)*)\}")
TAIL_LINES = 40
#: Between asking a program to end and ending it.
GRACE_SECONDS = 10.0
#: What a program may know of our own environment; tokens and secrets are not among it.
PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV")

Ended = Callable[[Launch, Status, str | None], Awaitable[None]]


class Command:
    """
    Runs one program per attempt and reports how it ended.

    A program that reports for itself (through the client) says more; then ours is old news. It
    runs in a session of its own and outlives the bot: if nobody is left to see its end, the
    task's lease says so.
    """

    repeatable = False

    def __init__(self, settings: CommandRunner, ended: Ended) -> None:
        self._settings = settings
        self._ended = ended
        self._processes: dict[tuple[str, int], asyncio.subprocess.Process] = {}
        self._watches: set[asyncio.Task[None]] = set()

    async def start(self, launch: Launch) -> None:
        """Start the program; raise `RunnerError` if there is none, or a placeholder is unknown."""
        argv = [fill(part, launch) for part in self._settings.argv]
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                cwd=self._settings.cwd,
                env=self._environment(launch),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise RunnerError(f"Cannot start `{argv[0]}`: {error}") from error
        key = (launch.task_id, launch.attempt)
        self._processes[key] = process
        watch = asyncio.create_task(self._watch(launch, process), name=f"command {launch.task_id}")
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def cancel(self, task_id: str, attempt: int) -> None:
        """Ask the program and its children to end; end them if they do not."""
        process = self._processes.get((task_id, attempt))
        if process is None or process.returncode is not None:
            return
        send(process, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
            return
        send(process, signal.SIGKILL)

    async def stop(self) -> None:
        """Stop watching; the programs go on."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    async def _watch(self, launch: Launch, process: asyncio.subprocess.Process) -> None:
        said, complained = await asyncio.gather(tail(process.stdout), tail(process.stderr))
        code = await process.wait()
        self._processes.pop((launch.task_id, launch.attempt), None)
        logger.info("command_ended", task_id=launch.task_id, code=code)
        if code == 0:
            await self._ended(launch, Status.COMPLETED, None)
        else:
            how = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
            error = "\n".join([how, *(complained or said)])
            await self._ended(launch, Status.FAILED, error)

    def _environment(self, launch: Launch) -> dict[str, str]:
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        told = {
            "OPSBELL_TASK_ID": launch.task_id,
            "OPSBELL_ATTEMPT": str(launch.attempt),
            "OPSBELL_CALLBACK_URL": launch.callback_url,
            "OPSBELL_CALLBACK_TOKEN": launch.callback_token or "",
            "OPSBELL_PAYLOAD": json.dumps(launch.payload),
        }
        return {**passed, **self._settings.env, **told}


def fill(part: str, launch: Launch) -> str:
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

    return PLACEHOLDER.sub(value, part).replace("\0", "")


async def tail(output: asyncio.StreamReader | None) -> list[str]:
    """Read an output to its end and return its last lines."""
    lines: deque[str] = deque(maxlen=TAIL_LINES)
    while output and (chunk := await output.read(65536)):
        lines.extend(chunk.decode(errors="replace").splitlines()[-TAIL_LINES:])
    return list(lines)


def send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal to the program's whole session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)

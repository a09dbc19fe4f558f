"""A program on this machine, started from an argv template; never a shell."""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import structlog

from bot.config_file import CommandRunner
from bot.tasks.models import Status
from bot.tasks.runners.output import MOST_BYTES, Output
from bot.tasks.runners.runner import Attempt, Launch, RunnerError

logger = structlog.get_logger(__name__)

PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[A-Za-z0-9_]+)*)\}")
LOOK_SECONDS = 0.1
#: Between asking a program to end and ending it.
GRACE_SECONDS = 10.0
#: What a program may know of our own environment; tokens and secrets are not among it.
PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV")

Outputs = tuple[Output, Output]
Ended = Callable[[Launch, Status, str | None], Awaitable[None]]


class Command:
    """
    Runs one program per attempt and reports how it ended.

    A program that reports for itself (through the client) says more; then ours is old news. It
    runs in a session of its own and outlives the bot: if nobody is left to see its end, the
    task's lease says so. That is why it writes to a file and not to a pipe, which would break with
    us, and why it is no subprocess of asyncio, which kills what it has not seen ending.
    """

    repeatable = False

    def __init__(
        self,
        settings: CommandRunner,
        ended: Ended,
        *,
        grace_seconds: float = GRACE_SECONDS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._settings = settings
        self._ended = ended
        self._grace_seconds = grace_seconds
        self._most_bytes = most_bytes
        self._processes: dict[Attempt, subprocess.Popen[bytes]] = {}
        self._watches: set[asyncio.Task[None]] = set()

    async def start(self, launch: Launch) -> None:
        """Start the program; raise `RunnerError` if there is none, or a placeholder is unknown."""
        argv = [fill(part, launch) for part in self._settings.argv]
        outputs = (Output(self._most_bytes), Output(self._most_bytes))
        try:
            process = await asyncio.to_thread(self._spawn, argv, launch, outputs)
        except (OSError, ValueError) as error:
            for output in outputs:
                output.close()
            raise RunnerError(f"Cannot start `{argv[0]}`: {error}") from error
        self._processes[launch.key] = process
        watch = asyncio.create_task(
            self._watch(launch, process, outputs), name=f"command {launch.task_id}"
        )
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def cancel(self, attempt: Attempt) -> None:
        """Ask the program and its children to end; end those that do not."""
        process = self._processes.get(attempt)
        if process is None:
            return
        send(process, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._grace_seconds):
                # Its children, too, when it has ended itself.
                while send(process, 0):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_SECONDS)
        send(process, signal.SIGKILL)

    async def stop(self) -> None:
        """Stop watching; the programs go on."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    def _spawn(self, argv: list[str], launch: Launch, outputs: Outputs) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the administrator's own argv, no shell
            argv,
            cwd=self._settings.cwd,
            env=self._environment(launch),
            stdin=subprocess.DEVNULL,
            stdout=outputs[0].fileno(),
            stderr=outputs[1].fileno(),
            start_new_session=True,
        )

    async def _watch(
        self, launch: Launch, process: subprocess.Popen[bytes], outputs: Outputs
    ) -> None:
        with closing(outputs[0]), closing(outputs[1]):
            while (code := process.poll()) is None:
                await asyncio.sleep(LOOK_SECONDS)
                for output in outputs:
                    output.trim()
            said, complained = (output.tail() for output in outputs)
        self._processes.pop(launch.key, None)
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


def send(process: subprocess.Popen[bytes], number: int) -> bool:
    """Send a signal to the program's whole session; False if nobody is left in it."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True

"""Child processes of the demo."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
_TERMINATE_SECONDS = 12.0


@asynccontextmanager
async def running(
    command: Sequence[str], environment: Mapping[str, str], output: int = asyncio.subprocess.PIPE
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program; at the end ask it to stop, and end it if it does not."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=None if output == asyncio.subprocess.PIPE else asyncio.subprocess.STDOUT,
        start_new_session=True,  # We receive Ctrl-C and pass it on in the right order.
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _TERMINATE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def inherited() -> dict[str, str]:
    """Return our environment without what would lead the demo astray."""
    strays = ("SLACK_", "OPSBELL_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return {name: value for name, value in os.environ.items() if not name.startswith(strays)}


def how_it_ended(code: int | None) -> str:
    """Return `exit code 1` or `signal 9`."""
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"

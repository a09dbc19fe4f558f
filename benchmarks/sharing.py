"""
A process that serves whatever workspaces have something to do, until SIGTERM; then prints its cost.

`python -m benchmarks.sharing DATABASE_URL SLACK_URL TEMPLATES`. Budgets are the real ones.
"""

import asyncio
import contextlib
import json
import signal
import sys
import time
from pathlib import Path

import uvloop

from benchmarks.engine import quiet
from benchmarks.sender import cpu_seconds
from bot.clock import SystemClock
from bot.db import Database
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.factory import Transports
from bot.messages.transports.slack_workspaces import SlackWorkspaces
from bot.wakeups import Wakeups, send_wakeup
from jobs import SWEEP_SECONDS


async def serve(database_url: str, slack_url: str, templates: str) -> None:
    """Share the workspaces with whoever else does until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = Database(database_url)

    async def token_of(workspace_id: str) -> str:
        return f"xoxb-{workspace_id}"

    transports = Transports()
    transports.add("", SlackWorkspaces(slack_url, token_of).open)
    lanes = Lanes(
        database,
        Renderer(Path(templates)),
        SystemClock(),
        transports=transports,
        wake_elsewhere=send_wakeup,
    )
    wakeups = Wakeups(database)
    wakeups.start(lanes.hear)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    cpu, began, limit = cpu_seconds(), time.monotonic(), 0
    while not stop.is_set():
        await lanes.sweep()
        limit = max(limit, len(lanes.health()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), SWEEP_SECONDS)
    found = {
        "cpu_s": cpu_seconds() - cpu,
        "seconds": time.monotonic() - began,
        "memory_mb": memory_mb(),
        "most_lanes": limit,
    }
    await lanes.stop()
    await wakeups.stop()
    database.close()
    sys.stdout.write(json.dumps(found) + "\n")


def memory_mb() -> float:
    """Return the memory that the process has in use."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


if __name__ == "__main__":
    quiet()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(*sys.argv[1:4]))

"""
A process that delivers what is stored, with limits off, until SIGTERM; then prints its CPU time.

`python -m benchmarks.sender DATABASE_URL SLACK_URL TEMPLATES`.
"""

import asyncio
import contextlib
import json
import resource
import signal
import sys
from pathlib import Path

import uvloop

from benchmarks.engine import WORKSPACE, quiet
from bot.cli.run import collect_garbage_rarely
from bot.clock import SystemClock
from bot.db import Database
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.slack import SlackTransport
from jobs import SWEEP_SECONDS


async def serve(database_url: str, slack_url: str, templates: str) -> None:
    """Deliver until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = Database(database_url)
    lanes = Lanes(database, Renderer(Path(templates)), SystemClock())
    collect_garbage_rarely()  # as the bot does
    before = cpu_seconds()
    transport = SlackTransport(slack_url, "xoxb-bench")
    lanes.open(WORKSPACE, transport, Pacing(unlimited=True))
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), SWEEP_SECONDS)
        await lanes.sweep()
    await lanes.stop()
    transport.close()
    database.close()
    sys.stdout.write(json.dumps({"cpu_s": cpu_seconds() - before}) + "\n")


def cpu_seconds() -> float:
    """Return the processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    quiet()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(*sys.argv[1:4]))

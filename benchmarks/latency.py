"""From a request to its arrival at Slack, at a steady 50 a second."""

import asyncio
import json
import time

import uvloop

from benchmarks import contenders, servers
from benchmarks.engine import WORKSPACE, database, folder_in_memory, renderer
from bot.cli.run import collect_garbage_rarely
from bot.clock import SystemClock
from bot.db import Database
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.service import Requests
from bot.messages.transports.slack import SlackTransport

PERIOD_SECONDS = 0.02
PATIENCE_SECONDS = 30.0


def latency(name: str, count: int) -> list[float]:
    """
    Return seconds from asking to arrival, for each of *count* requests.

    Arrivals are matched to requests by their order, which hardly ever differs at this pace.
    """
    with servers.bare_slack(0.0) as slack:
        asked = ask_bullmq(slack, count) if name == "bullmq" else ask_opsbell(name, slack, count)
        return [there - at for at, there in zip(sorted(asked), sorted(slack.times()), strict=True)]


def ask_opsbell(name: str, slack: servers.BareSlack, count: int) -> list[float]:
    """Ask in this process, where the lane runs as well, as in the bot; under uvloop too."""
    with folder_in_memory() as folder, database(name.split()[1], folder) as store:
        drawer = renderer(folder)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(ask_steadily(store, drawer, slack, count))


async def ask_steadily(
    store: Database, drawer: Renderer, slack: servers.BareSlack, count: int
) -> list[float]:
    await store.write(contenders.store_template)
    lanes = Lanes(store, drawer, SystemClock())
    requests = Requests(store, SystemClock(), lanes.wake)
    transport = SlackTransport(slack.url, "xoxb-bench")
    lanes.open(WORKSPACE, transport, Pacing(unlimited=True))
    collect_garbage_rarely()  # as the bot does
    asked = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number * PERIOD_SECONDS - loop.time()))
        asked.append(time.time())
        await requests.accept(RequestBatch([contenders.order(number)]))
    await asyncio.to_thread(slack.wait_for, count, PATIENCE_SECONDS)
    await lanes.stop()
    transport.close()
    return asked


def ask_bullmq(slack: servers.BareSlack, count: int) -> list[float]:
    with servers.redis() as port:
        one = contenders.node_peer(port, slack.url, count)
        command = [*one.command[:-1], "latency"]
        with servers.process(command, one.environment, one.folder) as running:
            if running.stdout is None:
                raise RuntimeError("Its output is not piped.")
            asked = json.loads(running.stdout.readline())["asked"]
            slack.wait_for(count, PATIENCE_SECONDS)
    return [float(at) for at in asked]

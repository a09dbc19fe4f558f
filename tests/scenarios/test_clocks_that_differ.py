"""Two bots on one PostgreSQL whose machines do not agree on the time."""

import asyncio
import os
import signal
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.clock_shift import SECONDS, ahead, compile_shift, compiler
from tests.missing import missing
from tests.patience import PATIENCE_SECONDS
from tests.scenarios.conftest import Bot

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

SECONDS_AHEAD = 3


@pytest.fixture
async def orchestrator():
    """The address of an orchestrator, and the queue of what it was sent."""
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def take(request):
        await sent.put(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/run", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/run", sent
    await runner.cleanup()


@pytest.fixture
async def early(playground, database_url, tmp_path):
    """Another bot on the same database, on a machine whose clock is ahead."""
    if compiler() is None:
        missing("No C compiler for the shift of the clock.")
    folder = tmp_path / "early"
    folder.mkdir()
    ours = {SECONDS: os.environ.get(SECONDS, "0")}
    extra = ahead(ours, compile_shift(folder), SECONDS_AHEAD)
    bot = Bot(playground, folder, database_url, extra=extra)
    yield bot
    if bot.process is not None and bot.process.returncode is None:
        await bot.kill()


async def test_a_bot_accepts_the_token_of_one_whose_clock_is_ahead(bot, early, orchestrator):
    """
    The other bot mints a callback token three seconds from now; this one is sent it, and takes it.
    """
    url, launches = orchestrator
    bot.config = early.config = f'[runners.mill]\ntype = "http"\nurl = "{url}"\n'
    await asyncio.gather(bot.start(), early.start())
    bot.process.send_signal(signal.SIGSTOP)  # It must not be the one that starts the task.
    task = {"task": "import", "taskId": "t_1", "runner": "mill", "run": True}
    await early.post("/api/tasks", task)
    launch = await asyncio.wait_for(launches.get(), PATIENCE_SECONDS)
    bot.process.send_signal(signal.SIGCONT)

    headers = {"Authorization": f"Bearer {launch['callbackToken']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        report = {"status": "running", "progress": 10}
        async with session.post(f"{bot.url}/api/slack/update", json=report) as answer:
            assert (answer.status, (await answer.json()).get("outcome")) == (200, "applied")

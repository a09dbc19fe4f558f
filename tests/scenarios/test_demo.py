"""`python -m bot demo`, as `make demo` starts it."""

import asyncio
import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.cli.demo.child_processes import running
from bot.cli.demo.command import _kept_running
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
READY = re.compile(r"/#C0OPS00002\n.*OPSBELL_URL=(\S+)\n.*OPSBELL_TOKEN=(\S+)", re.DOTALL)


async def test_a_killed_bot_of_the_demo_is_started_again():
    """As a supervisor would, so that everybody can see what `kill -9` does."""
    started, is_again = [], asyncio.Event()

    @asynccontextmanager
    async def start():
        program = [sys.executable, "-c", "import time; time.sleep(600)"]
        async with running(program, dict(os.environ)) as process:
            started.append(process)
            if len(started) == 2:
                is_again.set()
            yield process

    async with _kept_running(start) as (first, ended):
        first.kill()
        await asyncio.wait_for(is_again.wait(), PATIENCE_SECONDS)
        assert not ended.done()

    assert [one.returncode for one in started] == [-signal.SIGKILL, -signal.SIGTERM]


async def test_a_bot_of_the_demo_that_ends_by_itself_stays_ended():
    """Its settings are wrong, or somebody stopped it: another start would not help."""
    program = [sys.executable, "-c", "raise SystemExit(2)"]
    async with _kept_running(lambda: running(program, dict(os.environ))) as (_, ended):
        assert await asyncio.wait_for(ended, PATIENCE_SECONDS) == 2


async def test_the_demo_shows_moving_work_and_ends_all_of_it(tmp_path):
    """
    It prints #ops and a token, a big task moves, a small one is done, a group that failed is one
    alert; Ctrl-C ends everything.

    The runner's program once went on compressing for a minute after the demo was gone.
    """
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0", "--folder", str(tmp_path / "demo")),
        cwd=ROOT,
        env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        url, token = await address(demo)
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            await until(session, url, "compress_docs", lambda task: task["status"] == "completed")
            await until(session, url, "compress_tree", lambda task: (task["progress"] or 0) > 2)
            await until_alerted(session, url, "sync_stock", 6)
        demo.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(demo.wait(), PATIENCE_SECONDS) == 0
    finally:
        if demo.returncode is None:
            demo.kill()

    assert "[warning" not in (tmp_path / "demo" / "bot.log").read_text()
    size = (tmp_path / "demo" / "tree.zip").stat().st_size
    await asyncio.sleep(0.5)
    assert size == (tmp_path / "demo" / "tree.zip").stat().st_size


async def address(demo):
    """Return where the API of the demo answers, and a token for it."""
    said = ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := READY.search(said)):
            line = await demo.stdout.readline()
            assert line, said
            said += line.decode()
    return found.groups()


async def until(session, url, kind, holds):
    """Wait until something holds for the newest task of a kind."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with session.get(f"{url}/api/tasks", params={"task": kind}) as answer:
                found = (await answer.json())["tasks"]
            if found and holds(found[0]):
                return
            await asyncio.sleep(0.1)


async def until_alerted(session, url, kind, count):
    """Wait until there is one alert about a kind, and it stands in Slack."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with session.get(f"{url}/api/alerts", params={"task": kind}) as answer:
                found = (await answer.json())["alerts"]
            if [(one["count"], bool(one["ts"])) for one in found] == [(count, True)]:
                return
            await asyncio.sleep(0.1)

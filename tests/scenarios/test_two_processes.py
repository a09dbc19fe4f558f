"""Two bots on one PostgreSQL: one writes, both are heard, and one is enough."""

import asyncio
import contextlib

import aiohttp
import pytest

from tests.patience import PATIENCE_SECONDS
from tests.scenarios.conftest import Bot
from tests.scenarios.killing import Victim

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def second(nursery, playground, database_url, tmp_path):
    """Another bot on the same database."""
    folder = tmp_path / "second"
    folder.mkdir()
    bot = Bot(playground, folder, database_url, nursery=nursery)
    yield bot
    if bot.process is not None and bot.process.returncode is None:
        await bot.kill()


async def test_the_other_process_is_woken_and_takes_over(bot, second, playground):
    """What one accepts the other posts; when that one is killed the first goes on."""
    await bot.start()
    await post(bot, "t_first")
    await playground.wait_for(lambda: len(playground.messages("ops")) == 1)
    await second.start()

    await post(second, "t_second")
    await playground.wait_for(lambda: len(playground.messages("ops")) == 2)

    await bot.kill()
    await post(second, "t_third")
    # The lease of twelve seconds, and a look.
    await playground.wait_for(lambda: len(playground.messages("ops")) == 3, PATIENCE_SECONDS)


async def test_neither_posts_what_the_other_does(bot, second, playground):
    """Tasks handed to both at once stand in the channel once each."""
    await asyncio.gather(bot.start(), second.start())

    names = [f"t_{number}" for number in range(8)]
    await asyncio.gather(*(post(one, name) for name in names for one in (bot, second)))
    await playground.wait_for(lambda: len(playground.messages("ops")) >= len(names))
    await asyncio.sleep(1)

    assert len(names) == len(playground.messages("ops"))


async def post(bot: Bot, task_id: str) -> None:
    """Announce a task through one of the bots."""
    await bot.post("/api/tasks", {"task": "shared", "taskId": task_id, "status": "running"})


async def test_a_wake_up_that_nobody_sent_is_made_up_for(bot, second, playground):
    """A process commits a request and dies before it wakes anybody: the other one finds it."""
    await bot.start()
    await post(bot, "t_before")
    await playground.wait_for(lambda: len(playground.messages("ops")) == 1)
    dying = Victim(second, playground)
    await dying.start("bot.messages.delivery.running_lanes:Lanes.wake:call")
    dying.armed.touch()

    with contextlib.suppress(aiohttp.ClientError):
        await post(second, "t_unheard")
    await dying.died()

    await playground.wait_for(lambda: len(playground.messages("ops")) == 2)

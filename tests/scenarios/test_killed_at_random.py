"""P1, P4: a real bot is killed by SIGKILL at moments that nobody chose."""

import asyncio
import random

import pytest

from tests.scenarios.killing import TEMPLATE, Victim, settings

KILLS = 5
#: From just started to everything posted.
LIFE_SECONDS = (0.0, 1.2)


@pytest.fixture
def playground_settings():
    """Slack's limits, the app's manifest, and places enough."""
    return settings()


async def test_killed_at_random_moments(bot, playground):
    """
    Nothing is lost, told twice or left behind its newest state, whenever the bot dies.

    Such kills once lost what had no room in a long message: its post was found again in the
    history, and counted as sent without it.
    """
    chance = random.Random(3)
    victim = Victim(bot, playground)
    await victim.start()
    assert await victim.call("PUT", "/api/templates/note", TEMPLATE)
    for number in range(KILLS):
        if number % 2:
            playground.fail("chat.postMessage", "drop_answer", count=4)
        offering = asyncio.create_task(victim.offer("single", "keyed", "task", "long"))
        await asyncio.sleep(chance.uniform(*LIFE_SECONDS))
        await bot.kill()
        await victim.start()
        await offering

    await victim.settle("at random")

"""Slack says how long to leave it alone; whoever goes on for a dead process knows."""

import pytest

from tests.patience import until
from tests.scenarios.killing import PLACES, TEMPLATE, Victim, order, settings

SHORTEST_SECONDS = 7


@pytest.fixture
def playground_settings():
    """Slack's limits, the app's manifest, and the places of the orders."""
    return settings()


async def test_a_retry_after_outlives_the_process(bot, playground):
    """Refused with 429, killed and started again at once: the next call comes when Slack said."""
    client = Victim(bot, playground)
    await client.start()
    assert await client.call("PUT", "/api/templates/note", TEMPLATE)
    wait_seconds = SHORTEST_SECONDS
    while not await is_killed_in_time(client, wait_seconds):
        wait_seconds *= 4  # The machine was so busy that the next call was made meanwhile.
        bot.let_the_lease_end()
        await bot.start()
    bot.let_the_lease_end()
    await bot.start()
    await playground.wait_for(lambda: f"wait {wait_seconds}" in texts(playground))

    refused, taken = calls_for(playground, wait_seconds)
    assert (refused.status, taken.status) == (429, 200)
    assert wait_seconds <= taken.at - refused.at


async def is_killed_in_time(client, wait_seconds):
    """Have a post refused for so long and kill the bot; tell whether it had not posted again."""
    client.playground.fail("chat.postMessage", "http", status=429, retry_after=wait_seconds)
    wanted = order(f"wait {wait_seconds}")
    await client.call("POST", "/api/messages/request", wanted)

    async def is_refused():
        found = await client.call("GET", f"/api/messages/{wanted['correlationId']}", None)
        return found["status"] in ("RETRYING", "SENT")

    await until(is_refused)
    await client.bot.kill()
    return len(calls_for(client.playground, wait_seconds)) == 1


def calls_for(playground, wait_seconds):
    """Return the calls that were made for the message of that wait."""
    calls = playground.calls("chat.postMessage")
    return [one for one in calls if one.arguments["text"] == f"wait {wait_seconds}"]


def texts(playground):
    """Return what stands in the channel of such orders."""
    return [message["text"] for message in playground.messages(PLACES[0])]

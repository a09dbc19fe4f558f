"""Slack says how long to leave it alone; whoever goes on for a dead process knows."""

from tests.patience import until
from tests.scenarios.killing import TEMPLATE, Victim, order

WAIT_SECONDS = 7


async def test_a_retry_after_outlives_the_process(bot, playground):
    """Refused with 429, killed and started again at once: the next call comes when Slack said."""
    client = Victim(bot, playground)
    await client.start()
    assert await client.call("PUT", "/api/templates/note", TEMPLATE)
    playground.fail("chat.postMessage", "http", status=429, retry_after=WAIT_SECONDS)
    asked = {**order("patience"), "channel": "#ops"}

    await client.call("POST", "/api/messages/request", asked)

    async def is_told_to_wait():
        found = await client.call("GET", "/api/messages/patience", None)
        return found["status"] == "RETRYING"

    await until(is_told_to_wait)
    await bot.kill()
    bot.let_the_lease_end()
    await bot.start()  # Within those seconds, unless the machine is so busy that all is late.
    await playground.wait_for(lambda: playground.messages("ops"))

    refused, posted = playground.calls("chat.postMessage")
    assert WAIT_SECONDS - 0.2 < posted.at - refused.at

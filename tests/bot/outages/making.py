"""A watch for outages of workspace T1, whose notes go to #ops."""

from bot.messages.outbox import Place
from bot.outages.service import Outages


def make_outages(database, clock, *, is_in_touch=lambda: True, channel="C0OPS", asks_for=()):
    """
    Return what one process has; its wake-ups are nobody's.

    *asks_for* is how long Slack takes to say which channel is meant, each time it is asked.
    """
    waits = iter(asks_for)

    async def alerts_channel():
        for wait in waits:
            clock.pass_by(wait)
            break
        return channel

    return Outages(
        database,
        clock,
        Place("T1", "default", ""),
        is_in_touch=is_in_touch,
        alerts_channel=alerts_channel,
        wake=lambda _workspace_id: None,
    )

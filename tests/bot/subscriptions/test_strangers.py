"""People who became guests or left are told nothing more."""

from bot.errors import ForbiddenError, UnavailableError
from bot.subscriptions.strangers import Strangers
from bot.workspaces.gate import Visitor
from tests.bot.subscriptions.room import Room
from tests.bot.tasks.room import ADA, BEN, OURS


async def refuse_ben(visitor: Visitor) -> None:
    """Ben has become a guest."""
    if visitor.user_id == BEN:
        raise ForbiddenError("Guests cannot use me.")


async def test_the_subscriptions_of_a_guest_end(room: Room) -> None:
    """Also what waits for his digest; Ada's and those of channels go on."""
    for channel in (ADA, BEN, "C0NIGHTLY"):
        await room.subscribe("nightly-*", channel)
    await room.prefer(BEN, is_once_a_day=True)
    await room.end("nightly-import")
    strangers = Strangers(room.database, refuse_ben)

    assert await strangers.end_subscriptions() == 1
    assert await strangers.end_subscriptions() == 0
    await room.end("nightly-import")
    room.clock.advance(days=2)
    await room.digests.post_due()
    assert {channel for channel, _ in await room.told()} == {ADA, "C0NIGHTLY"}
    assert await room.subscriptions.list(OURS, BEN) == []


async def test_nobody_is_a_stranger_because_slack_is_away(room: Room) -> None:
    """It is asked again later."""

    async def be_away(_visitor: Visitor) -> None:
        raise UnavailableError("Slack could not tell me.")

    await room.subscribe("nightly-*", BEN)
    assert await Strangers(room.database, be_away).end_subscriptions() == 0
    assert len(await room.subscriptions.list(OURS, BEN)) == 1

"""Who hears of dead letters beside those who asked, and what a timeline says of what waits."""

import json

import pytest

from bot.messages.requests.sender_settings import NamedSender
from tests.bot.messages.delivery_service import ADA, service
from tests.patience import until

__all__ = ["service"]


async def test_who_made_the_sender_is_told_of_a_programs_message(service):
    """A program's name reaches nobody; Ada, who set its sender up, hears of its dead letters."""
    await service.senders.put("default", NamedSender(code="shop"), by=ADA)
    await service.send("from a program", by="shop-backend", sender="shop")
    await service.until("from a program", "FAILED")

    await service.dead_letters.tell_next()

    await service.playground.wait_for(service.direct)
    assert "from a program" in json.dumps(service.direct()[0])


async def test_what_is_put_aside_says_so(service):
    """The timeline of a message for a channel that is switched off says since when, and until."""
    await service.die("one", "two", "three")
    await service.send("aside")
    await parked(service, "aside", [True])

    service.playground.channel("old-news").is_archived = False
    await service.requests.replay("default", "one", by=ADA)

    await service.until("aside", "SENT")
    await parked(service, "aside", [True, False])


async def parked(service, key, told):
    """Wait until a timeline tells so."""

    async def look():
        events = (await service.requests.status("default", key)).events
        return told == [
            one["detail"]["suspended"] for one in events if "suspended" in one["detail"]
        ]

    await until(look)


@pytest.mark.parametrize("who", ["bot", "former colleague"])
async def test_whom_no_notice_can_reach_gets_one_a_day(service, who):
    """A bot, or somebody who has left: one call, no notice of that notice, and no second one."""
    cleo = service.playground.user("cleo")
    cleo.deleted = True
    owner = cleo.id if who != "bot" else service.playground.state.bot_user_id
    await service.send("first", by=owner)
    await service.until("first", "FAILED")
    await service.dead_letters.tell_next()
    await service.playground.wait_for(lambda: written_to(service, owner))

    async def both_dead():
        return len(await service.requests.dead("default", 10)) == 2

    await until(both_dead)
    await service.send("second", by=owner, channel="C0NOWHERE")
    await service.until("second", "FAILED")
    await service.dead_letters.tell_next()
    await service.playground.wait_for(lambda: len(service.texts("ops")) == 2)

    assert len(written_to(service, owner)) == 1


def written_to(service, person):
    """Return the posts that were tried to a person."""
    posts = service.playground.calls("chat.postMessage")
    return [call for call in posts if call.arguments["channel"] == person]

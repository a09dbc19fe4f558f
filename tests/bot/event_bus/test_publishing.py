"""What happens to messages is published from the event table: at least once, and in order."""

import asyncio

from bot.event_bus.lease import TopicLease
from bot.messages import outbox
from bot.messages.outbox import Content, Place
from tests.bot.http.calling import ONE_DATABASE

OPS = Place("T1", "default", "C0OPS")


def put(session, clock, text="Hi", place=OPS, **more):
    content = Content("text", {"text": text})
    return outbox.put(session, place, content, now=clock.now(), **more)


def write(database, clock, text="Hi", place=OPS):
    return database.transact(lambda session: put(session, clock, text, place).id)


@ONE_DATABASE
async def test_each_event_of_the_tenant_is_published_in_order(bus, services, clock):
    """Its id stays the same, and what was published is not published again after a restart."""
    write(services.database, clock, "before there was a bus")
    async with bus.running():
        await asyncio.sleep(0)
        await has_begun(bus)
        first = write(services.database, clock)
        write(services.database, clock, "cleo's", Place("T2", "cleo", "C0CLEO"))
        events = [await bus.next_event()]
    second = write(services.database, clock)
    clock.pass_by(seconds=1)
    async with bus.running():
        events.append(await bus.next_event())

    assert [event["subject"] for event in events] == [first, second]
    assert events[0]["type"] == "opsbell.SlackMessageRequested"
    assert events[0]["source"] == "/opsbell"
    assert events[0]["data"]["messageId"] == first
    assert events[0]["data"]["channel"] == "C0OPS"
    assert "text" not in events[0]["data"]["detail"]
    assert events[0]["id"].startswith(first)


async def has_begun(bus):
    """Wait until the cursor stands: what comes after it is published."""
    lease = TopicLease(bus.services.database, bus.services.clock, bus.settings.events)
    for _ in range(6_000):
        if await asyncio.to_thread(stands, bus):
            return await lease.cursor()
        await asyncio.sleep(0.02)
    raise TimeoutError


def stands(bus) -> bool:
    from bot.event_bus.models import BusCursor

    return bus.services.database.snapshot(
        lambda session: session.get(BusCursor, bus.settings.events) is not None
    )

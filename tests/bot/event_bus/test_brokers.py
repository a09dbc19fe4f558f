"""What every broker does for the bus, on real servers."""

import asyncio
from functools import partial

import nats
import pytest

from bot.config_sections.bus import BusSettings
from bot.event_bus.brokers.broker import BrokerError, BusMessage, close_quietly
from bot.event_bus.brokers.choice import broker_maker
from tests.broker_servers import RESTARTED_KINDS, BrokerServer
from tests.patience import PATIENCE_SECONDS, until


def message(number: int, **headers: str) -> BusMessage:
    return BusMessage(f"id-{number}", "opsbell.Test", "key", b"%d" % number, "text/plain", headers)


@pytest.fixture
async def broker(bus_settings):
    broker = broker_maker(bus_settings)()
    await broker.open(receives=True)
    yield broker
    await broker.close()


async def next_of(broker):
    return await until(lambda: broker.next(1))


async def test_messages_come_in_order_with_their_headers(broker, bus_settings):
    """Body, content type and headers arrive as they were sent."""
    for number in range(3):
        await broker.publish(bus_settings.requests, message(number, **{"ce-id": f"e{number}"}))

    found = []
    for _ in range(3):
        found.append(await next_of(broker))
        await found[-1].ack()

    assert [one.body for one in found] == [b"0", b"1", b"2"]
    told = [(one.headers["ce-id"], one.headers["content-type"]) for one in found]
    assert told == [("e0", "text/plain"), ("e1", "text/plain"), ("e2", "text/plain")]


async def test_what_was_not_acknowledged_comes_again_before_what_follows(bus_settings):
    """A process that takes over begins where the other one ended."""
    quick = bus_settings.model_copy(update={"redelivery_seconds": 1})
    broker = broker_maker(quick)()
    await broker.open(receives=True)
    for number in range(3):
        await broker.publish(bus_settings.requests, message(number))
    assert (await next_of(broker)).body == b"0"
    await broker.close()

    other = broker_maker(quick)()
    await other.open(receives=True)
    await other.publish(bus_settings.requests, message(3))
    found = []
    for _ in range(4):
        found.append(await next_of(other))
        await found[-1].ack()
    await other.close()

    assert [one.body for one in found] == [b"0", b"1", b"2", b"3"]
    # RabbitMQ had handed out all three.
    assert (found[0].is_redelivered, found[3].is_redelivered) == (True, False)


async def test_what_is_there_already_is_used_as_it_is(broker, bus_settings):
    """Opened for events and again for requests, nothing is in the way."""
    for receives in (False, True):
        other = broker_maker(bus_settings)()
        await other.open(receives=receives)
        await other.close()


# RabbitMQ counts what was delivered and not acknowledged no more.
@pytest.mark.parametrize("bus_settings", RESTARTED_KINDS, indirect=True)
async def test_what_waits_is_counted_and_nothing_is_created(bus_settings):
    """Requests until they are acknowledged, dead letters for ever; a topic may be missing."""
    topics = [bus_settings.requests, bus_settings.rejected, bus_settings.events]
    looking = broker_maker(bus_settings)()
    assert [await looking.waiting(topic) for topic in topics] == [None, None, None]
    broker = broker_maker(bus_settings)()
    await broker.open(receives=True)
    for number, topic in enumerate([topics[0], topics[0], topics[1]]):
        await broker.publish(topic, message(number))

    async def are_counted(count):
        return await looking.waiting(topics[0]) == count

    await until(partial(are_counted, 2))
    for _ in range(2):
        await (await next_of(broker)).ack()
    await until(partial(are_counted, 0))
    assert await looking.waiting(topics[1]) == 1
    assert await looking.waiting(topics[2]) is None
    await broker.close()
    await looking.close()


@pytest.mark.parametrize("bus_settings", ["nats"], indirect=True)
async def test_dead_letters_are_counted_without_what_shares_their_stream(bus_settings):
    """Whoever runs NATS may keep all subjects of the bus in one stream."""
    client = await nats.connect(bus_settings.address())
    group = bus_settings.group
    await client.jetstream(timeout=PATIENCE_SECONDS).add_stream(name=group, subjects=[f"{group}.>"])
    await client.close()
    broker = broker_maker(bus_settings)()
    await broker.open(receives=True)
    counts = [await broker.waiting(bus_settings.rejected)]
    topics = [bus_settings.requests, bus_settings.events, bus_settings.rejected]
    for number, topic in enumerate(topics):
        await broker.publish(topic, message(number))
    counts.append(await broker.waiting(bus_settings.rejected))
    await broker.close()

    assert counts == [0, 1]


@pytest.mark.parametrize("kind", RESTARTED_KINDS)
async def test_a_broker_that_goes_away_is_an_error_without_its_password(kind, tmp_path):
    """Whoever waits for a message or publishes one is told, and can connect again."""
    server = BrokerServer(kind, tmp_path)
    server.start()
    here = BusSettings.model_validate({"url": server.url, "requests": "a", "events": "b"})
    broker = broker_maker(here)()
    await broker.open(receives=True)
    assert await broker.next(0.1) is None
    server.stop()

    with pytest.raises(BrokerError) as waiting:
        await broker.next(1)
    with pytest.raises(BrokerError) as publishing:
        await broker.publish("a", message(1))
    await broker.close()
    server.start()
    again = broker_maker(here)()
    await again.open(receives=True)
    await again.close()
    server.close()

    assert "canary" not in f"{waiting.value} {publishing.value}"


async def test_a_connection_that_cannot_be_closed_is_left_alone():
    """The bot must stop although its broker no longer answers."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await close_quietly(partial(asyncio.sleep, PATIENCE_SECONDS), seconds=0.01)

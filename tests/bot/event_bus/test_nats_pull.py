"""One request for the next message, on a real NATS."""

import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig

from bot.event_bus.brokers.broker import BrokerError
from bot.event_bus.brokers.nats_pull import NatsPull
from tests.patience import PATIENCE_SECONDS, until

pytestmark = pytest.mark.parametrize("bus_settings", ["nats"], indirect=True)


@pytest.fixture
async def client(bus_settings):
    client = await nats.connect(bus_settings.address())
    yield client
    await client.close()


@pytest.fixture
async def stream(client, bus_settings):
    """A stream with a consumer of the same name."""
    name = bus_settings.requests.replace(".", "_")
    jetstream = client.jetstream(timeout=PATIENCE_SECONDS)
    await jetstream.add_stream(name=name, subjects=[bus_settings.requests])
    config = ConsumerConfig(durable_name=name, ack_policy=AckPolicy.EXPLICIT, max_ack_pending=1)
    await jetstream.add_consumer(name, config)
    return name


@pytest.mark.parametrize("renew_seconds", [0, 1000])
async def test_a_request_is_left_at_the_server(client, stream, renew_seconds):
    """Between two looks, too: a redelivery that finds none is lost by older servers."""
    pull = NatsPull(client, stream, stream, renew_seconds)
    jetstream = client.jetstream(timeout=PATIENCE_SECONDS)
    waiting = []
    for _ in range(3):
        assert await pull.next(0.01) is None
        waiting.append((await jetstream.consumer_info(stream, stream)).num_waiting)

    assert waiting == [1, 1, 1]


async def test_nothing_is_lost_while_requests_are_renewed(client, stream, bus_settings):
    """What came by a request that is withdrawn then is delivered, and once."""
    pull = NatsPull(client, stream, stream, renew_seconds=0)
    found = []
    for number in range(30):
        assert await pull.next(0.001) is None
        await client.publish(bus_settings.requests, b"%d" % number)
        await client.flush()
        message = await until(lambda: pull.next(0.001))
        assert message is not None
        found.append((int(message.data), message.metadata.num_delivered))
        await message.ack_sync(PATIENCE_SECONDS)

    assert found == [(number, 1) for number in range(30)]


async def test_a_consumer_that_is_deleted_is_an_error(client, stream):
    """So that it is created again with the next connection."""
    pull = NatsPull(client, stream, stream)
    assert await pull.next(0.01) is None
    await client.jetstream(timeout=PATIENCE_SECONDS).delete_consumer(stream, stream)

    with pytest.raises(BrokerError, match="Consumer Deleted"):
        await until(lambda: pull.next(1))

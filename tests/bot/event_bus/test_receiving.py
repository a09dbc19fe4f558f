"""The bus as the bot runs it: requests from a real broker into a real database."""

import json
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.config_sections.bus import BusSettings
from tests.bot.event_bus.room import BusRoom, request
from tests.bot.event_bus.strange_messages import SEND_STRANGE_MESSAGES
from tests.bot.http.calling import ONE_DATABASE
from tests.broker_servers import ALL_KINDS, RESTARTED_KINDS, BrokerServer
from tests.patience import until

pytestmark = ONE_DATABASE


async def test_what_cannot_be_done_is_a_dead_letter_and_the_next_goes_on(bus):
    """The dead letter is the message as it came, with the reason and the field in its headers."""
    bad = request(1, data={"channel": "C0OPS", "templateCode": "unknown"})
    async with bus.running():
        await bus.send(bad)
        await bus.send(b"{no json")
        await bus.send(request(2))
        await bus.shows("Hi 2")

    letters = [await bus.next(bus.settings.rejected) for _ in range(2)]
    assert json.loads(letters[0].body) == bad
    assert letters[0].headers["opsbell-error"] == "invalid"
    (problem,) = json.loads(letters[0].headers["opsbell-fields"])
    assert problem["field"] == "templateCode"
    assert letters[1].body == b"{no json"
    assert letters[1].headers["opsbell-error"] == "bad_request"
    assert bus.texts() == ["Hi 2"]


async def test_an_event_may_come_in_binary_mode(bus):
    """Its attributes are headers, and the body is the data."""
    attributes = request(3)
    data = attributes.pop("data")
    headers = {f"ce-{name}": value for name, value in attributes.items()}
    async with bus.running():
        await bus.send(data, {**headers, "content-type": "application/json"})
        await bus.shows("Hi 3")


@pytest.mark.parametrize("bus_settings", ALL_KINDS, indirect=True)
async def test_no_message_stops_those_behind_it(bus):
    """Whatever a broker's own client can send becomes a dead letter, and the next goes on."""
    send = SEND_STRANGE_MESSAGES[bus.settings.address().partition("://")[0]]
    async with bus.running():
        count = await send(bus.settings)
        await bus.send(request(1))
        await bus.shows("Hi 1")
        # Kafka may put them in other partitions than the request, and so behind it.
        letters = [await bus.next(bus.settings.rejected) for _ in range(count)]

    reasons = {letter.headers["opsbell-error"] for letter in letters}
    assert reasons <= {"bad_request", "invalid", "unsupported_media_type"}
    assert bus.texts() == ["Hi 1"]


async def test_requests_wait_while_the_database_fails(bus):
    """They are neither lost nor rejected, and come in order when it is well again."""
    async with bus.running() as services:
        await bus.send(request(1))
        await bus.shows("Hi 1")
        await run_statement(services.database, "ALTER TABLE message RENAME TO hidden")
        for number in (2, 3):
            await bus.send(request(number))
        await until(lambda: has_retried(services))
        await run_statement(services.database, "ALTER TABLE hidden RENAME TO message")
        await bus.shows("Hi 2", "Hi 3")

    assert bus.texts() == ["Hi 1", "Hi 2", "Hi 3"]


async def run_statement(database, statement):
    await database.write(lambda session: session.execute(text(statement)))


async def has_retried(services):
    return figures(services)["opsbell_bus_requests_total", "retried"] > 0


def figures(services):
    families = text_string_to_metric_families(services.meters.exposition())
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *one.labels.values()): one.value for one in samples}


async def test_it_is_measured(bus):
    """Prometheus sees what arrived and whether there is a connection."""
    async with bus.running() as services:
        await bus.send(request(1))
        await bus.send(b"")
        await until(lambda: has_rejected(services))
        seen = figures(services)

    assert seen["opsbell_bus_requests_total", "done"] == 1
    assert seen["opsbell_bus_connected", "receiving"] == 1
    assert seen["opsbell_bus_lag_seconds",] == 0


async def has_rejected(services):
    return figures(services)["opsbell_bus_requests_total", "rejected"] == 1


@pytest.mark.parametrize("kind", RESTARTED_KINDS)
async def test_a_broker_may_come_late_and_go(kind, services, tmp_path: Path):
    """The bot starts without it, and goes on where it was as soon as it is there."""
    server = BrokerServer(kind, tmp_path)
    server.start()
    settings = BusSettings.model_validate({"url": server.url, "requests": "a"})
    # What was not acknowledged before the server went away soon comes again.
    room = BusRoom(settings.model_copy(update={"redelivery_seconds": 1}), services)
    await room.open()
    await room.send(request(1))
    await room.close()
    server.stop()
    async with room.running():
        server.start()
        await room.shows("Hi 1")
        server.stop()
        server.start()
        await room.open()
        await room.send(request(2))
        await room.shows("Hi 2")
        await room.close()
    server.close()

"""An event that the broker finds too large holds up nothing, and is not lost in silence."""

from datetime import timedelta

import nats
import pytest
from structlog.testing import capture_logs

from bot.event_bus.brokers.broker import BusMessage, MessageTooLargeError
from bot.event_bus.oversize import publish_fitting, publish_letter
from bot.telemetry.bus_figures import BusFigures
from tests.bot.event_bus.test_publishing import Process, alert, keep
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.messages.world import HandClock

NATS = pytest.mark.parametrize("bus_settings", ["nats"], indirect=True)


class Small:
    """A broker that takes messages of at most so many bytes."""

    def __init__(self, most):
        self._most = most
        self.taken, self.sizes = [], []

    async def publish(self, topic, message):
        if len(message.body) > self._most:
            raise MessageTooLargeError("too large")
        self.taken.append(message.id)
        self.sizes.append(len(message.body))


@pytest.mark.parametrize(("most", "taken"), [(1, []), (10, ["short"]), (99, ["whole"])])
async def test_the_largest_form_that_fits_is_published(most, taken):
    """If none does, the log and the figures say so."""
    whole, short = message("whole", 50), message("short", 5)
    broker, figures = Small(most), BusFigures(HandClock())
    with capture_logs() as logs:
        await publish_fitting(broker, "events", whole, lambda: short, figures)

    assert broker.taken == taken
    assert (figures.published, figures.refused) == (len(taken), int(not taken))
    assert figures.shortened == (taken == ["short"])
    assert [one["event"] for one in logs] == ["bus_event_refused"] * figures.refused


@pytest.mark.parametrize(("most", "taken"), [(99, [50]), (20, [12]), (0, [0]), (-1, [])])
async def test_a_dead_letter_loses_its_end_until_it_fits(most, taken):
    """One that never fits is told: it would hold up all requests for ever."""
    broker = Small(most)
    with capture_logs() as logs:
        await publish_letter(broker, "dead", message("letter", 50))

    assert broker.sizes == taken
    assert [one["event"] for one in logs] == ([] if taken else ["bus_event_refused"])


def message(name, size):
    return BusMessage(name, "any", "any", b"x" * size, "text/plain")


@NATS
@ONE_DATABASE
async def test_a_change_that_the_stream_finds_too_large_is_shortened(bus, database, clock):
    """NATS has a limit of the server's and one of each stream's; what follows is published."""
    client = await nats.connect(bus.settings.address())
    events = bus.settings.events
    name = events.replace(".", "_")
    await client.jetstream().add_stream(name=name, subjects=[events], max_msg_size=2_000)
    await client.close()
    process = Process(bus)
    assert await process.begin()
    clock.pass_by(minutes=1)
    opened_at = clock.now() - timedelta(seconds=30)
    keep(database, alert("a_1", opened_at, label="ä" * 5_000))
    keep(database, alert("a_2", opened_at + timedelta(seconds=1)))
    assert await process.changes.publish_new(process.broker) == 2
    assert await process.changes.publish_new(process.broker) == 0
    await process.broker.close()

    found = [await bus.next_event() for _ in range(2)]
    assert [one["subject"] for one in found] == ["a_1", "a_2"]
    assert found[0]["data"]["label"] == "ä" * 199 + "…"
    assert (process.figures.published, process.figures.shortened) == (2, 1)

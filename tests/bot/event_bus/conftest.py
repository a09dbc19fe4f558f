"""The use cases on a real database, and real brokers."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from bot.config_sections.bus import BusSettings
from bot.http.services import HttpServices
from tests.bot.event_bus.room import BusRoom
from tests.bot.http import conftest as http_room
from tests.broker_servers import KINDS, BrokerServer

clock = http_room.clock
surroundings = http_room.surroundings
settings = http_room.settings
services = http_room.services


@pytest.fixture(scope="session")
def running_brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, BrokerServer]]:
    """The servers that were asked for until now, by kind."""
    found: dict[str, BrokerServer] = {}
    yield found
    for server in found.values():
        server.close()


@pytest.fixture(params=KINDS)
def bus_settings(
    request: pytest.FixtureRequest,
    running_brokers: dict[str, BrokerServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> BusSettings:
    """Topics of the test's own at a running broker."""
    kind = request.param
    if kind not in running_brokers:
        running_brokers[kind] = BrokerServer(kind, tmp_path_factory.mktemp(kind))
        running_brokers[kind].start()
    topic = f"test{uuid4().hex}"  # A RabbitMQ may remember those of the last run.
    return BusSettings.model_validate(
        {
            "url": running_brokers[kind].url,
            "requests": f"{topic}.requests",
            "events": f"{topic}.events",
            "group": topic,
        }
    )


@pytest.fixture
async def bus(bus_settings: BusSettings, services: HttpServices) -> AsyncIterator[BusRoom]:
    """The bus, not running, and another program at the same broker."""
    room = BusRoom(bus_settings, services)
    await room.open()
    yield room
    await room.close()

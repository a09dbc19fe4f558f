"""Opens the event bus in a running bot."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from bot.config_sections.bus import BusSettings
from bot.event_bus.brokers.choice import broker_maker
from bot.event_bus.bus import Direction
from bot.event_bus.change_publisher import ChangePublisher
from bot.event_bus.lease import TopicLease
from bot.event_bus.publisher import Publisher
from bot.event_bus.receiver import Receiver
from bot.event_bus.requests import BusRequests
from bot.http.services import HttpServices
from bot.telemetry.bus_figures import PUBLISHING, RECEIVING, BusFigures


@asynccontextmanager
async def event_bus(services: HttpServices) -> AsyncIterator[None]:
    """
    Run the bus as long as the context; nothing without `[bus]`.

    Raises `ConfigError` if the package of its broker is not installed.
    """
    settings, figures = services.settings.config.bus, services.bus
    if settings is None or figures is None:
        yield
        return
    services.meters.add(figures)
    directions = _directions(services, settings, figures)
    async with AsyncExitStack() as stack:
        for direction in directions:
            stack.push_async_callback(direction.stop)
            await direction.start()
        yield


def _directions(
    services: HttpServices, settings: BusSettings, figures: BusFigures
) -> list[Direction]:
    make_broker = broker_maker(settings)
    found = []
    if settings.events:
        lease = TopicLease(services.database, services.clock, settings.events)
        kept = timedelta(days=services.settings.config.retention.days)
        changes = ChangePublisher(services.database, services.clock, settings, kept, figures)
        publisher = Publisher(services.database, settings, lease, changes, figures)
        found.append(
            Direction(
                *(PUBLISHING, make_broker, lease, publisher.work, figures.directions[PUBLISHING]),
                measure=publisher.measure_lag,
            )
        )
    if settings.requests and settings.rejected:
        lease = TopicLease(services.database, services.clock, settings.requests)
        requests = BusRequests(services, settings.tenant)
        receiver = Receiver(requests, lease, settings.rejected, figures, services.clock)
        shown = figures.directions[RECEIVING]
        found.append(Direction(RECEIVING, make_broker, lease, receiver.work, shown))
    return found

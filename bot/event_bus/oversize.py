"""What becomes of an event that the broker finds too large: shorter, or told and left out."""

from collections.abc import Callable
from typing import Protocol

import structlog

from bot.event_bus.brokers.broker import BusMessage, MessageTooLargeError
from bot.telemetry.bus_figures import PUBLISHING, BusFigures

logger = structlog.get_logger(__name__)


class _TakesEvents(Protocol):
    async def publish(self, topic: str, message: BusMessage) -> None: ...


async def publish_fitting(
    broker: _TakesEvents,
    topic: str,
    message: BusMessage,
    shorter: Callable[[], BusMessage],
    figures: BusFigures,
) -> None:
    """
    Publish an event, or else its *shorter* form; raise `BrokerError` if the broker is away.

    One that does not fit even so is logged, counted and left out: those behind it must not wait for
    ever.
    """
    if not await _is_taken(broker, topic, message):
        short = shorter()
        if not await _is_taken(broker, topic, short):
            figures.refused += 1
            size = len(short.body)
            logger.error("bus_event_refused", id=message.id, type=message.type, bytes=size)
            return
        figures.shortened += 1
    figures.published += 1
    figures.passed(PUBLISHING)


async def _is_taken(broker: _TakesEvents, topic: str, message: BusMessage) -> bool:
    try:
        await broker.publish(topic, message)
    except MessageTooLargeError:
        return False
    return True

"""What becomes of what the broker finds too large: it is shortened, or told and left out."""

from collections.abc import Callable
from typing import Protocol

import structlog

from bot.event_bus.brokers.broker import BusMessage, MessageTooLargeError
from bot.event_bus.rejection import without_its_end
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
            _tell_refused(short)
            return
        figures.shortened += 1
    figures.published += 1
    figures.passed(PUBLISHING)


async def publish_letter(broker: _TakesEvents, topic: str, letter: BusMessage) -> None:
    """
    Publish a dead letter, or as much of its beginning as the broker takes.

    One whose headers alone are too large is logged and left out.
    """
    while not await _is_taken(broker, topic, letter):
        if not letter.body:
            _tell_refused(letter)
            return
        letter = without_its_end(letter)


def _tell_refused(message: BusMessage) -> None:
    size = len(message.body)
    logger.error("bus_event_refused", id=message.id, type=message.type, bytes=size)


async def _is_taken(broker: _TakesEvents, topic: str, message: BusMessage) -> bool:
    try:
        await broker.publish(topic, message)
    except MessageTooLargeError:
        return False
    return True

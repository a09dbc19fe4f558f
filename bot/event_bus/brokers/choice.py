"""Chooses the broker that the address names, and loads its package."""

import importlib
from collections.abc import Callable

from bot.config_sections.bus import BROKER_OF_SCHEME, BusSettings
from bot.errors import ConfigError
from bot.event_bus.brokers.broker import Broker

#: FastStream's name for the extra of each broker, and our class.
_BROKERS = {
    "nats": ("nats", "NatsBus"),
    "redis": ("redis", "RedisBus"),
    "rabbit": ("rabbit", "RabbitBus"),
    "kafka": ("kafka", "KafkaBus"),
}


def broker_maker(settings: BusSettings) -> Callable[[], Broker]:
    """Return what makes connections; raise `ConfigError` naming the package if it is missing."""
    kind = BROKER_OF_SCHEME[settings.address().partition("://")[0]]
    extra, name = _BROKERS[kind]
    try:
        module = importlib.import_module(f"bot.event_bus.brokers.{kind}_bus")
    except ImportError as error:
        fix = f"its package is not installed; run: pip install 'faststream[{extra}]'"
        raise ConfigError([f"bus.url: {fix}"]) from error
    make: Callable[[BusSettings], Broker] = getattr(module, name)
    return lambda: make(settings)

"""How the event bus is doing, for Prometheus and for health."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.clock import Clock
from bot.config_sections.bus import BusSettings

RECEIVING, PUBLISHING = "receiving", "publishing"
BUS_OUTCOMES = ("done", "rejected", "retried")


class BusState(StrEnum):
    """How a direction is in this process."""

    STARTING = "starting"
    CONNECTED = "connected"
    ELSEWHERE = "elsewhere"  #: another process has it
    BROKEN = "broken"  #: connected again by itself


@dataclass
class BusDirection:
    """One direction; `reason` says why it is broken, `last_at` when a message went through."""

    state: BusState = BusState.STARTING
    reason: str | None = None
    last_at: datetime | None = None


class BusFigures(Collector):
    """Counts what this process received and published; reads memory only."""

    def __init__(self, clock: Clock, directions: Sequence[str] = (RECEIVING, PUBLISHING)) -> None:
        self._clock = clock
        self.arrived: Counter[str] = Counter(dict.fromkeys(BUS_OUTCOMES, 0))
        self.redelivered = 0
        self.published = 0
        #: Events that the broker took without their details only, and those that it did not take.
        self.shortened = 0
        self.refused = 0
        self.directions = {name: BusDirection() for name in directions}
        self.oldest_unpublished_at: datetime | None = None

    @property
    def lag_seconds(self) -> float:
        """The age of the oldest event that the broker has not."""
        if self.oldest_unpublished_at is None:
            return 0.0
        return max(0.0, (self._clock.now() - self.oldest_unpublished_at).total_seconds())

    def passed(self, direction: str) -> None:
        """Note that a message went through in this direction."""
        self.directions[direction].last_at = self._clock.now()

    def shown(self) -> Mapping[str, Any]:
        """Return what health shows."""
        found: dict[str, Any] = {
            name: {"state": one.state, "reason": one.reason, "lastMessageAt": _told_at(one.last_at)}
            for name, one in self.directions.items()
        }
        if RECEIVING in found:
            found[RECEIVING] |= {**self.arrived, "redelivered": self.redelivered}
        if PUBLISHING in found:
            found[PUBLISHING] |= {
                "published": self.published,
                "shortened": self.shortened,
                "refused": self.refused,
                "lagSeconds": round(self.lag_seconds, 1),
            }
        return found

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield everything in its present state."""
        yield from self._of_directions()
        if RECEIVING in self.directions:
            yield _counter(
                "opsbell_bus_requests",
                "Events that arrived, by what became of them",
                "outcome",
                self.arrived,
            )
            yield CounterMetricFamily(
                "opsbell_bus_requests_redelivered",
                "Events that the broker had delivered before",
                self.redelivered,
            )
        if PUBLISHING in self.directions:
            yield CounterMetricFamily(
                "opsbell_bus_events_published", "Events that the broker has taken", self.published
            )
            yield _counter(
                "opsbell_bus_events_too_large",
                "Events that the broker took without their details, or not at all",
                "outcome",
                {"shortened": self.shortened, "refused": self.refused},
            )
            yield GaugeMetricFamily(
                "opsbell_bus_lag_seconds", "Age of the oldest unpublished event", self.lag_seconds
            )

    def _of_directions(self) -> Iterable[Metric]:
        connected = GaugeMetricFamily(
            "opsbell_bus_connected",
            "Whether this process has a connection for it; of several processes one needs it",
            labels=["direction"],
        )
        last = GaugeMetricFamily(
            "opsbell_bus_last_message_timestamp_seconds",
            "When the last message went through in this process; 0 for none since its start",
            labels=["direction"],
        )
        for name, one in self.directions.items():
            connected.add_metric([name], float(one.state is BusState.CONNECTED))
            last.add_metric([name], one.last_at.timestamp() if one.last_at else 0.0)
        yield connected
        yield last


def figures_of_bus(settings: BusSettings | None, clock: Clock) -> BusFigures | None:
    """Return the figures of the directions that are set up; None without `[bus]`."""
    if settings is None:
        return None
    wanted = ((RECEIVING, settings.requests), (PUBLISHING, settings.events))
    return BusFigures(clock, [name for name, topic in wanted if topic])


def _counter(
    name: str, documentation: str, label: str, values: Mapping[str, float]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, documentation, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _told_at(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None

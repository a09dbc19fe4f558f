"""How the bus is doing, for Prometheus."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.clock import Clock

BUS_DIRECTIONS = ("receiving", "publishing")
BUS_OUTCOMES = ("done", "rejected", "retried")


class BusFigures(Collector):
    """Counts what this process received and published; reads memory only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.arrived: Counter[str] = Counter(dict.fromkeys(BUS_OUTCOMES, 0))
        self.published = 0
        self.is_connected = dict.fromkeys(BUS_DIRECTIONS, False)
        self.oldest_unpublished_at: datetime | None = None

    @property
    def lag_seconds(self) -> float:
        """The age of the oldest event that the broker has not."""
        if self.oldest_unpublished_at is None:
            return 0.0
        return max(0.0, (self._clock.now() - self.oldest_unpublished_at).total_seconds())

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield everything in its present state."""
        arrived = CounterMetricFamily(
            "opsbell_bus_requests",
            "Events that arrived, by what became of them",
            labels=["outcome"],
        )
        for outcome, count in self.arrived.items():
            arrived.add_metric([outcome], count)
        connected = GaugeMetricFamily(
            "opsbell_bus_connected",
            "Whether this process has a connection for it; of several processes one needs it",
            labels=["direction"],
        )
        for direction, is_connected in self.is_connected.items():
            connected.add_metric([direction], float(is_connected))
        yield arrived
        yield connected
        yield CounterMetricFamily(
            "opsbell_bus_events_published", "Events that the broker has taken", self.published
        )
        yield GaugeMetricFamily(
            "opsbell_bus_lag_seconds", "Age of the oldest unpublished event", self.lag_seconds
        )

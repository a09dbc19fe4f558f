"""What is read from the running parts whenever Prometheus asks: lanes, budgets, socket, backlog."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.messages.delivery.health import counts
from bot.messages.delivery.running_lanes import Lanes
from bot.telemetry.backlog import Backlog

#: The states of lanes that are shown also while no lane is in them.
_LANE_STATES = ("starting", "running", "elsewhere", "queued", "paused", "stuck")

#: What Slack counts; shown as unused while no lane is active.
_COUNTED_METHODS = ("posts", "edits", "lookups")


class LiveFigures(Collector):
    """Reads memory only; *socket* returns what `/api/health` shows of it."""

    def __init__(
        self, lanes: Lanes, socket: Callable[[], Mapping[str, Any]], backlog: Backlog
    ) -> None:
        self._lanes = lanes
        self._socket = socket
        self._backlog = backlog

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield everything in its present state."""
        found = dict.fromkeys(_LANE_STATES, 0) | counts(self._lanes.health())
        yield _gauge("opsbell_lanes", "Lanes of this process by state", "state", found)
        yield _gauge(
            "opsbell_slack_budget_used_ratio",
            "Share of Slack's calls a minute that the busiest workspace has used",
            "method",
            dict.fromkeys(_COUNTED_METHODS, 0.0) | self._lanes.budgets_used(),
        )
        yield from self._socket_figures()
        yield from self._backlog.figures()

    def _socket_figures(self) -> Iterable[Metric]:
        socket = self._socket()
        if socket.get("used", True):
            yield GaugeMetricFamily(
                "opsbell_socket_connected",
                "Whether Slack can reach this process",
                value=float(bool(socket.get("connected"))),
            )
            for name, documentation in (
                ("age_seconds", "Time since the present connection was made"),
                ("silent_seconds", "Time since the last sign of life"),
            ):
                if socket.get(name) is not None:
                    yield GaugeMetricFamily(
                        f"opsbell_socket_{name}", documentation, value=socket[name]
                    )
            yield CounterMetricFamily(
                "opsbell_socket_replacements",
                "Connections that were given up because they were silent",
                value=socket.get("replaced") or 0,
            )


def _gauge(
    name: str, documentation: str, label: str, values: Mapping[str, float]
) -> GaugeMetricFamily:
    """Return one gauge with a sample for each key."""
    family = GaugeMetricFamily(name, documentation, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family

"""
Counters of one process, in a registry of their own, and the page that Prometheus reads.

Whoever can reach the port can read the page, so no label names a tenant, a workspace or a channel.
That also bounds the number of series, whatever tenants do.
"""

import tomllib
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    Summary,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.registry import Collector

from bot.messages.delivery.outcome import Outcome
from bot.messages.error_codes import Verdict
from bot.messages.models import Rank

#: Promised are 5 seconds for final states; progress may take minutes when Slack's budget is short.
_FRESHNESS_BUCKETS = (0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 3600)
_MISSED = (
    "Ticks that were left out, because the run before had not ended or the process stood still"
)
_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


class Meters:
    """Counts what happens from now on; reading the page costs no query."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._freshness = Histogram(
            "opsbell_delivery_freshness_seconds",
            "From the oldest change that Slack did not show to Slack's confirmation",
            ["rank"],
            buckets=_FRESHNESS_BUCKETS,
            registry=self._registry,
        )
        self._attempts = self._counter(
            "opsbell_delivery_attempts", "Calls by what their answer meant", "method", "verdict"
        )
        self._requests = self._counter(
            "opsbell_http_requests", "Answered requests", "method", "route", "status"
        )
        self._request_seconds = Summary(
            "opsbell_http_request_seconds",
            "Time until the answer was ready",
            ["route"],
            registry=self._registry,
        )
        self._job_runs = self._counter("opsbell_job_runs", "Ends of jobs", "job", "outcome")
        self._ticks_missed = self._counter("opsbell_job_ticks_missed", _MISSED, "job")
        self._job_ended_at = Gauge(
            "opsbell_job_last_success_timestamp_seconds",
            "When the job last succeeded",
            ["job"],
            registry=self._registry,
        )
        build = Gauge("opsbell_build_info", "Always 1", ["version"], registry=self._registry)
        build.labels(opsbell_version()).set(1)
        # So that the first of each is seen as a change: a rate needs something before it.
        for rank in Rank:
            self._freshness.labels(rank.name.lower())
        for verdict in Verdict:
            self._attempts.labels("post", str(verdict))
            self._attempts.labels("edit", str(verdict))

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(name, documentation, labels, registry=self._registry)

    def add(self, collector: Collector) -> None:
        """Read *collector* each time the page is asked for; it must be quick."""
        self._registry.register(collector)

    def delivery_ended(self, outcome: Outcome, now: datetime) -> None:
        """Count one attempt, and how old the change was if Slack shows it now."""
        claim = outcome.claim
        method = "edit" if claim.is_edit else "post"
        self._attempts.labels(method, str(outcome.verdict)).inc()
        if outcome.delivered_revision is None or claim.waiting_since is None:
            return
        age = (now - claim.waiting_since).total_seconds()
        self._freshness.labels(Rank(claim.rank).name.lower()).observe(max(age, 0.0))

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by its route's template."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def job_added(self, job: str) -> None:
        """Show a job from the beginning, so that its first failure is seen as a change."""
        self._ticks_missed.labels(job)
        for outcome in ("succeeded", "failed"):
            self._job_runs.labels(job, outcome)

    def job_ended(self, job: str, at: datetime, *, failed: bool) -> None:
        """Count a run of a job."""
        self._job_runs.labels(job, "failed" if failed else "succeeded").inc()
        if not failed:
            self._job_ended_at.labels(job).set(at.timestamp())

    def ticks_missed(self, job: str, count: int) -> None:
        """Count ticks that were left out."""
        self._ticks_missed.labels(job).inc(count)

    def exposition(self) -> str:
        """Return the page in Prometheus' text format."""
        return generate_latest(self._registry).decode()


def opsbell_version() -> str:
    """Return the version that is installed, else that of the folder it runs from."""
    try:
        return version("opsbell")
    except PackageNotFoundError:  # Run from its folder, as the README says, or in a container.
        return _version_of_folder()


def _version_of_folder() -> str:
    try:
        project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))
        return str(project["project"]["version"])
    except (OSError, ValueError, KeyError):
        return "unknown"

"""
What waits in the database, of all tenants: counted now and then, and shown from memory.

Each count reads partial indexes or a day's rows, so what was delivered long ago costs nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import BigInteger, String, func, select, text
from sqlmodel import Session, col

from bot.alerts.models import Alert
from bot.clock import Clock
from bot.db import Database
from bot.messages.models import Message
from bot.messages.policy import QUEUES
from bot.reports.models import ReportRun
from bot.sql.tables import table_of
from bot.tasks.models import Task

_REPORTS_SINCE = timedelta(days=1)
#: Messages that give way to others count as waiting since they were due.
_WAITS_SINCE = "CASE WHEN waiting_since > due_at THEN due_at ELSE waiting_since END"
_WAITING_STATES = {
    "waiting": "state = 'waiting'",
    "delayed": "state = 'delayed'",
    "sending": "state = 'sending'",
    "aside": "state IN ('blocked', 'suspended')",
    "dead": "state = 'dead'",
}
#: Constants, not parameters, or no database would use the partial indexes.
_MESSAGES = text(
    " UNION ALL ".join(
        f"SELECT queue, '{state}' AS state, COUNT(*) AS number, MIN({_WAITS_SINCE}) AS since "  # noqa: S608
        f"FROM message WHERE {condition} GROUP BY queue"
        for state, condition in _WAITING_STATES.items()
    )
).columns(
    queue=String, state=String, number=BigInteger, since=table_of(Message).c.waiting_since.type
)
#: What should be in Slack by now.
_DUE = ("waiting", "sending")
_TASKS = (
    select(col(Task.status), func.count())
    .where(text("status IN ('queued', 'running')"))
    .group_by(col(Task.status))
)
_ALERTS = (
    select(col(Alert.state), col(Alert.severity), func.count())
    .where(text("state <> 'resolved'"))
    .group_by(col(Alert.state), col(Alert.severity))
)


@dataclass(frozen=True)
class _Series:
    """One gauge: its samples by the values of its labels."""

    name: str
    documentation: str
    labels: Sequence[str] = ()
    samples: dict[tuple[str, ...], float] = field(default_factory=dict)


class Backlog:
    """The figures as of the last `measure`; nothing before the first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._series: Sequence[_Series] = ()

    async def measure(self) -> None:
        """Count what waits now."""
        now = self._clock.now()
        self._series = await self._database.read(lambda session: _measure(session, now))

    def figures(self) -> Iterable[Metric]:
        """Yield the figures for Prometheus."""
        for series in self._series:
            family = GaugeMetricFamily(series.name, series.documentation, labels=series.labels)
            for labels, value in series.samples.items():
                family.add_metric(labels, value)
            yield family


def _measure(session: Session, now: datetime) -> list[_Series]:
    messages = _Series("opsbell_messages", "Undelivered messages", ("queue", "state"))
    for queue in QUEUES:  # So that the first one is seen as a change.
        messages.samples.update({(queue, state): 0 for state in _WAITING_STATES})
    oldest = _Series(
        "opsbell_oldest_message_age_seconds", "Age of the longest waiting message", ("queue",)
    )
    oldest.samples.update({(queue,): 0.0 for queue in QUEUES})
    for queue, state, number, since in session.execute(_MESSAGES):
        messages.samples[queue, state] = number
        age = max((now - since).total_seconds(), 0.0) if state in _DUE else 0.0
        oldest.samples[(queue,)] = max(oldest.samples.get((queue,), 0.0), age)
    tasks = _Series("opsbell_tasks", "Live tasks", ("status",), {("queued",): 0, ("running",): 0})
    for status, number in session.execute(_TASKS):
        tasks.samples[(str(status),)] = number
    alerts = _Series("opsbell_alerts", "Alerts that are not resolved", ("state", "severity"))
    for state, severity, number in session.execute(_ALERTS):
        alerts.samples[str(state), str(severity)] = number
    measured = _Series(
        "opsbell_backlog_measured_timestamp_seconds",
        "When the backlog was counted",
        samples={(): now.timestamp()},
    )
    return [messages, oldest, tasks, alerts, *_report_series(session, now), measured]


def _report_series(session: Session, now: datetime) -> Iterable[_Series]:
    """Yield how the last day's reports ended and what their analyst took."""
    runs = _Series("opsbell_report_runs_last_day", "Report runs of 24 hours", ("status",))
    calls = _Series(
        "opsbell_analyst_calls_last_day", "Runs of 24 hours that asked a model", ("model",)
    )
    tokens = _Series(
        "opsbell_analyst_tokens_last_day", "Tokens of 24 hours", ("model", "direction")
    )
    cost = _Series("opsbell_analyst_dollars_last_day", "US dollars of 24 hours", ("model",))
    run = table_of(ReportRun).c
    query = (
        select(
            run.status,
            run.model,
            func.count(),
            func.sum(run.input_tokens),
            func.sum(run.output_tokens),
            func.sum(run.cost_nanos),
        )
        .where(run.created_at > now - _REPORTS_SINCE)
        .group_by(run.status, run.model)
    )
    for status, model, number, read, written, paid in session.execute(query):
        runs.samples[(str(status),)] = runs.samples.get((str(status),), 0) + number
        if model:
            for series, key, value in (
                (calls, (model,), number),
                (tokens, (model, "input"), read),
                (tokens, (model, "output"), written),
                (cost, (model,), float(paid or 0) / 1e9),
            ):
                series.samples[key] = series.samples.get(key, 0) + float(value or 0)
    yield from (runs, calls, tokens, cost)

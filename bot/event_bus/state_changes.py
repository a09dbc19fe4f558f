"""Alerts that opened or were resolved and report runs that ended, as CloudEvents."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Select, or_, select
from sqlmodel import Session

from bot.alerts.models import Alert
from bot.event_bus.brokers.broker import BusMessage
from bot.event_bus.cloud_events import STRUCTURED_TYPE, CloudEvent
from bot.event_bus.models import BusNotice
from bot.event_bus.outgoing_events import OWN_TYPES
from bot.http.schemas.base import Shown, Timestamped
from bot.messages.rendering.truncation import truncate
from bot.reports.models import Report, ReportRun
from bot.sql.tables import table_of

ALERT_OPENED, ALERT_RESOLVED = "AlertOpened", "AlertResolved"
REPORT_RUN_FINISHED = "ReportRunFinished"
_ALERT, _RUN, _REPORT = table_of(Alert).c, table_of(ReportRun).c, table_of(Report).c
_NOTICE = table_of(BusNotice).c
#: At most so many at a time, within the lease; the others are found the next time.
_MOST_CHANGES = 20
_MOST_KEYS = 500
#: Characters of each text in an event that the broker has found too large.
_SHORT = 200


class AlertEvent(Shown):
    """The data of an event about an alert, in its present state."""

    alert_id: str
    tenant: str
    type: str
    task: str = Field(description="The kind of the tasks")
    label: str
    severity: str
    state: str
    count: int
    opened_at: Timestamped
    resolved_at: Timestamped | None
    resolved_because: str | None
    message_id: str | None = Field(description="Of the message that tells of it")


class ReportRunEvent(Shown):
    """The data of an event about a run of a report that ended."""

    run_id: str
    report_id: str
    name: str | None
    tenant: str
    trigger: str
    status: str
    due_at: Timestamped
    completed_at: Timestamped
    error_message: str | None
    skipped_because: str | None
    message_id: str | None


@dataclass(frozen=True)
class StateChange:
    """One change: its name, the thing's id, when it was, and the data of the event."""

    name: str
    subject: str
    at: datetime
    data: Shown

    @property
    def key(self) -> str:
        """The id of its event; a thing may change the same way again at another time."""
        return f"{self.subject}-{self.name}-{int(self.at.timestamp() * 1000)}"

    def outgoing(self, source: str) -> BusMessage:
        """Return the message for the broker."""
        kind = f"{OWN_TYPES}{self.name}"
        data = self.data.model_dump(mode="json", by_alias=True)
        event = CloudEvent(self.key, source, kind, data, self.subject, self.at, self.subject)
        return BusMessage(self.key, kind, self.subject, event.as_json(), STRUCTURED_TYPE)

    def shortened(self) -> "StateChange":
        """Return it as a broker takes it that has found it too large."""
        cut = {name: truncate(value, _SHORT) for name, value in self.data if isinstance(value, str)}
        return replace(self, data=self.data.model_copy(update=cut))


def unpublished_changes(
    session: Session, topic: str, tenant: str, since: datetime
) -> list[StateChange]:
    """Return what changed after *since* and has not been published, the oldest first."""
    found = [*_alert_changes(session, tenant, since), *_run_changes(session, tenant, since)]
    known = set(_published(session, topic, [change.key for change in found]))
    new = [change for change in found if change.key not in known]
    return sorted(new, key=lambda change: (change.at, change.key))[:_MOST_CHANGES]


def _published(session: Session, topic: str, keys: list[str]) -> Iterator[str]:
    for begin in range(0, len(keys), _MOST_KEYS):
        some = keys[begin : begin + _MOST_KEYS]
        query = select(_NOTICE.key).where(_NOTICE.topic == topic, _NOTICE.key.in_(some))
        yield from session.execute(query).scalars()


def _alert_changes(session: Session, tenant: str, since: datetime) -> Iterator[StateChange]:
    changed = or_(_ALERT.opened_at > since, _ALERT.resolved_at > since)
    query: Select[Any] = select(table_of(Alert)).where(_ALERT.tenant == tenant, changed)
    for row in session.execute(query):
        data = AlertEvent(
            alert_id=row.id,
            **{name: getattr(row, name) for name in AlertEvent.model_fields if name != "alert_id"},
        )
        if row.opened_at > since:
            yield StateChange(ALERT_OPENED, row.id, row.opened_at, data)
        if row.resolved_at is not None and row.resolved_at > since:
            yield StateChange(ALERT_RESOLVED, row.id, row.resolved_at, data)


def _run_changes(session: Session, tenant: str, since: datetime) -> Iterator[StateChange]:
    runs = table_of(ReportRun).outerjoin(table_of(Report), _REPORT.id == _RUN.report_id)
    query: Select[Any] = select(*_RUN, _REPORT.name).select_from(runs)
    for row in session.execute(query.where(_RUN.tenant == tenant, _RUN.completed_at > since)):
        data = ReportRunEvent(
            run_id=row.id,
            **{
                name: getattr(row, name) for name in ReportRunEvent.model_fields if name != "run_id"
            },
        )
        yield StateChange(REPORT_RUN_FINISHED, row.id, row.completed_at, data)

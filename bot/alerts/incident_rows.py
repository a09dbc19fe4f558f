"""Incidents and their troubles as rows: reads them for a check and stores its results."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select, update

from bot.alerts.incident_lifecycle import Incident, IncidentState, TroubleGroup, TroubleType
from bot.alerts.models import Alert, AlertTrouble, Severity
from bot.alerts.trouble_queries import (
    Trouble,
    WatchedTrouble,
    completed_since,
    is_over,
    latest_runs,
    missed_kind,
)
from bot.tasks.models import Task

_Watched = TypeVar("_Watched", AlertTrouble, WatchedTrouble)
#: Troubles that no alert has held yet, by type and key.
_NewTroubles = Mapping[tuple[TroubleType, str], Trouble]
#: Fields of an incident that its row has under the same name.
_SHARED_FIELDS = (
    *("number", "first_word", "state", "is_flapping", "opened_at", "grown_at", "held_until"),
    *("told_at", "is_in_digest", "reminded_at", "escalated_at", "recovered_at"),
    *("acknowledged_by", "acknowledged_at", "snoozed_until"),
    *("resolved_at", "resolved_by", "resolved_because"),
)
_KEYS = 500
_RECENT = timedelta(minutes=1)
#: Runs that ended a little before the last check may have been committed after it.
_LATE_AFTER = timedelta(minutes=5)


@dataclass
class Records:
    """The latest alerts of a tenant's groups, each with the troubles that have not moved on."""

    alerts: dict[TroubleGroup, Alert] = field(default_factory=dict)
    left: dict[TroubleGroup, set[str]] = field(default_factory=lambda: defaultdict(set))

    def incidents(self) -> dict[TroubleGroup, Incident]:
        """Return the same for `bot.alerts.storms` to decide on."""
        return {
            group: as_incident(alert, frozenset(self.left[group]))
            for group, alert in self.alerts.items()
        }


def _trouble_group(alert: Alert) -> TroubleGroup:
    """Return what the alert's troubles have in common."""
    return TroubleGroup(TroubleType(alert.type), alert.task, alert.fingerprint)


def as_incident(alert: Alert, troubles: frozenset[str]) -> Incident:
    """Return the row as an incident; what it held before is filtered out of the news already."""
    return Incident(
        group=_trouble_group(alert),
        troubles=troubles,
        held=troubles,
        openings=tuple(map(datetime.fromisoformat, alert.openings)),
        is_critical=alert.severity == Severity.CRITICAL,
        **{name: getattr(alert, name) for name in _SHARED_FIELDS},
    )


def read_records(
    session: Session, tenant: str, groups: Iterable[TroubleGroup], now: datetime
) -> Records:
    """Read what a board needs: open and flapping alerts, recently posted ones, and *groups*."""
    query = select(Alert).where(
        Alert.tenant == tenant,
        or_(
            col(Alert.state) != IncidentState.RESOLVED,
            col(Alert.is_flapping),
            and_(col(Alert.opened_at) > now - _RECENT, col(Alert.opened_at) <= now),
            and_(col(Alert.told_at) > now - _RECENT, col(Alert.told_at) <= now),
        ),
    )
    records = Records()
    # Held, or somebody who acknowledges one meanwhile would be painted over.
    for alert in session.exec(query.order_by(col(Alert.number)).with_for_update()):
        records.alerts[_trouble_group(alert)] = alert
    for group in set(groups) - records.alerts.keys():
        latest = _latest_alert(session, tenant, group)
        if latest is not None:
            records.alerts[group] = latest
    by_id = {alert.id: group for group, alert in records.alerts.items() if is_open(alert)}
    for trouble in _troubles_left(session, by_id):
        records.left[by_id[trouble.alert_id]].add(trouble.key)
    return records


def is_open(alert: Alert) -> bool:
    """Tell whether it is not resolved."""
    return alert.state != IncidentState.RESOLVED


def _latest_alert(session: Session, tenant: str, group: TroubleGroup) -> Alert | None:
    """Return the latest alert of a group."""
    query = select(Alert).where(
        Alert.tenant == tenant,
        Alert.type == group.type,
        Alert.task == group.task,
        Alert.fingerprint == group.fingerprint,
    )
    query = query.order_by(col(Alert.number).desc()).limit(1)
    return session.exec(query.with_for_update()).first()


def _troubles_left(session: Session, alert_ids: Iterable[str]) -> list[AlertTrouble]:
    """Return the troubles of these alerts that have not moved on."""
    query = select(AlertTrouble).where(
        col(AlertTrouble.alert_id).in_(list(alert_ids)), col(AlertTrouble.moved_on_at).is_(None)
    )
    return list(session.exec(query))


def held_with_tasks(
    session: Session, alert_ids: Iterable[str]
) -> Iterator[tuple[AlertTrouble, Task | None]]:
    """Yield the troubles of these alerts that have not moved on, each with its task."""
    query = (
        select(AlertTrouble, Task)
        .join(
            Task,
            and_(
                col(Task.id) == col(AlertTrouble.task_id),
                col(Task.tenant) == col(AlertTrouble.tenant),
            ),
            isouter=True,
        )
        .where(col(AlertTrouble.alert_id).in_(list(alert_ids)))
        .where(col(AlertTrouble.moved_on_at).is_(None))
        .order_by(col(AlertTrouble.began_at).desc(), col(AlertTrouble.key))
    )
    yield from session.exec(query)


def mark_moved_on(session: Session, records: Records, since: datetime, now: datetime) -> None:
    """Strike out what has moved on, looking at the runs that ended after *since*."""
    by_id = {alert.id: group for group, alert in records.alerts.items() if is_open(alert)}
    for trouble in moved_on(session, list(held_with_tasks(session, by_id)), since):
        trouble.moved_on_at = now
        records.left[by_id[trouble.alert_id]].discard(trouble.key)


def moved_on(
    session: Session, troubles: Sequence[tuple[_Watched, Task | None]], since: datetime
) -> Iterator[_Watched]:
    """Yield those of one tenant's *troubles* that are over, as `mark_moved_on` looks at them."""
    kinds = {task.task for _, task in troubles if task is not None}
    tenant = next((trouble.tenant for trouble, _ in troubles), "")
    reruns = completed_since(session, tenant, kinds, since - _LATE_AFTER) if kinds else {}
    missed = [missed_kind(one.key) for one, _ in troubles if one.type == TroubleType.MISSED]
    runs = latest_runs(session, tenant, missed)
    for trouble, task in troubles:
        rerun_at = reruns.get((task.task, task.subject or "")) if task else None
        is_rerun = rerun_at is not None and rerun_at > trouble.began_at
        if is_rerun or is_over(trouble, task, runs):
            yield trouble


def strike_out(
    session: Session, records: Records, tenant: str, keys: Iterable[str], now: datetime
) -> None:
    """Strike out these troubles: they are over."""
    for chunk in _key_chunks(sorted(keys)):
        session.execute(
            update(AlertTrouble)
            .where(col(AlertTrouble.tenant) == tenant, col(AlertTrouble.key).in_(chunk))
            .where(col(AlertTrouble.moved_on_at).is_(None))
            .values(moved_on_at=now)
        )
        for left in records.left.values():
            left.difference_update(chunk)


def _key_chunks(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + _KEYS] for start in range(0, len(keys), _KEYS))


def write_records(
    session: Session,
    tenant: str,
    records: Records,
    decided: Mapping[TroubleGroup, Incident],
    news: _NewTroubles,
) -> dict[TroubleGroup, Alert]:
    """Store the new decisions and return their alerts."""
    changed: dict[TroubleGroup, Alert] = {}
    # What is resolved first: a group has one open alert at any time.
    for group, incident in sorted(decided.items(), key=lambda item: item[1].is_open):
        alert = records.alerts.get(group)
        if alert is None or alert.number != incident.number:
            alert = _new_alert(tenant, incident)
        apply_incident(alert, incident)
        _write_troubles(session, alert, incident, records.left[group], news)
        session.add(alert)
        session.flush()
        changed[group] = alert
    return changed


def _new_alert(tenant: str, incident: Incident) -> Alert:
    """Return a row for an incident that has just opened."""
    kind, task, fingerprint = incident.group
    return Alert(
        tenant=tenant,
        type=kind,
        task=task,
        fingerprint=fingerprint,
        label="",
        opened_at=incident.opened_at,
    )


def apply_incident(alert: Alert, incident: Incident) -> None:
    """Bring the row to what was decided."""
    for name in _SHARED_FIELDS:
        setattr(alert, name, getattr(incident, name))
    alert.openings = [at.isoformat() for at in incident.openings]
    alert.severity = Severity.CRITICAL if incident.is_critical else Severity.WARNING


def _write_troubles(
    session: Session,
    alert: Alert,
    incident: Incident,
    left: set[str],
    news: _NewTroubles,
) -> None:
    for key in incident.troubles - left:
        row = session.get(AlertTrouble, (alert.tenant, incident.group.type, key))
        if row is None:  # Else it comes from an incident that has become part of a storm.
            trouble = news[incident.group.type, key]
            alert.label = alert.label or trouble.label
            row = AlertTrouble(
                tenant=alert.tenant,
                type=incident.group.type,
                key=key,
                alert_id=alert.id,
                task=trouble.group.task,
                note=None if trouble.task else trouble.note or trouble.label,
                task_id=trouble.task.id if trouble.task else None,
                attempt=trouble.task.attempt if trouble.task else None,
                began_at=trouble.began_at,
                facts=trouble.facts,
            )
        alert.count += 1
        row.alert_id = alert.id
        session.add(row)


def close_troubles(session: Session, alert: Alert, now: datetime) -> None:
    """Strike out all that an alert holds: a person has closed it."""
    session.execute(
        update(AlertTrouble)
        .where(col(AlertTrouble.alert_id) == alert.id, col(AlertTrouble.moved_on_at).is_(None))
        .values(moved_on_at=now)
    )

"""Queries for alerts. A tenant sees only its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from bot.alerts.checks import Trouble
from bot.alerts.incidents import IncidentState
from bot.alerts.models import Alert, AlertRerun, AlertTrouble
from bot.errors import NotFoundError
from bot.messages.models import Message
from bot.tasks.stored_text import make_storable, storable

_MAX_ALERTS_PAGE = 200
_MAX_TASK_IDS = 1_000
_MAX_DELETED = 500


@dataclass(frozen=True)
class AlertsWanted:
    """Which alerts to list; None asks for everything."""

    state: str | None = None
    task: str | None = None
    limit: int = 50
    before: tuple[datetime, str] | None = None  # (opened_at, id) of the last one shown

    def __post_init__(self) -> None:
        make_storable(self)


def get_alert(session: Session, tenant: str, alert_id: str, *, for_change: bool = False) -> Alert:
    """Return the tenant's alert, held against other writers if *for_change*."""
    query = select(Alert).where(Alert.id == storable(alert_id), Alert.tenant == tenant)
    if for_change:
        query = query.with_for_update()
    alert = session.exec(query).one_or_none()
    if alert is None:
        raise NotFoundError(f"There is no alert `{alert_id}`.")
    return alert


def matching_alerts(session: Session, tenant: str, wanted: AlertsWanted) -> list[Alert]:
    """Return matching alerts, the latest first."""
    query = select(Alert).where(Alert.tenant == tenant)
    if wanted.state:
        query = query.where(Alert.state == wanted.state)
    if wanted.task:
        query = query.where(Alert.task == wanted.task)
    if wanted.before:
        at, alert_id = wanted.before
        query = query.where(
            (col(Alert.opened_at) < at)
            | ((col(Alert.opened_at) == at) & (col(Alert.id) < alert_id))
        )
    query = query.order_by(col(Alert.opened_at).desc(), col(Alert.id).desc())
    return list(session.exec(query.limit(min(wanted.limit, _MAX_ALERTS_PAGE))))


def unresolved_alerts(session: Session, tenant: str) -> list[Alert]:
    """Return the tenant's alerts that are not resolved, held against other writers."""
    query = select(Alert).where(Alert.tenant == tenant, Alert.state != IncidentState.RESOLVED)
    return list(session.exec(query.order_by(col(Alert.id)).with_for_update()))


def alert_of_trouble(session: Session, tenant: str, trouble: Trouble) -> str:
    """Return the id of the alert that holds a trouble; raise `NotFoundError` if none does."""
    row = session.get(AlertTrouble, (tenant, trouble.group.type, trouble.key))
    if row is None:
        raise NotFoundError("There is no alert of that key.")
    return row.alert_id


def task_ids(session: Session, alert_id: str) -> list[str]:
    """Return the tasks that an alert is or was about, the latest first, each once."""
    query = (
        select(AlertTrouble.task_id)
        .where(AlertTrouble.alert_id == alert_id, col(AlertTrouble.task_id).is_not(None))
        .order_by(col(AlertTrouble.began_at).desc(), col(AlertTrouble.key))
        .limit(_MAX_TASK_IDS)
    )
    return list(dict.fromkeys(one for one in session.exec(query) if one))


def delete_resolved(session: Session, before: datetime) -> int:
    """Delete at most a few hundred alerts resolved before then, with what they held."""
    query = select(Alert.id).where(
        Alert.state == IncidentState.RESOLVED, col(Alert.resolved_at) < before
    )
    ids = list(session.exec(query.limit(_MAX_DELETED)))
    for table, key in ((AlertTrouble, AlertTrouble.alert_id), (AlertRerun, AlertRerun.alert_id)):
        session.execute(delete(table).where(col(key).in_(ids)))
    session.execute(delete(Alert).where(col(Alert.id).in_(ids)))
    return len(ids)


def alert_ts(session: Session, alert: Alert) -> str | None:
    """Return the timestamp of the alert's message, or None until Slack has it."""
    message = session.get(Message, alert.message_id) if alert.message_id else None
    return message.ts if message else None

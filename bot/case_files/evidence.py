"""Collects what the database knows of one task, alert or message; changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from bot.alerts.models import Alert, AlertTrouble
from bot.errors import ConflictError, NotFoundError
from bot.messages.history import projection
from bot.messages.history.timeline import events_of
from bot.messages.models import Event, EventName, Message, StoredTemplate
from bot.messages.requests.queries import of_any_tenant
from bot.tasks.logs import tail
from bot.tasks.models import ExternalTaskId, Task
from bot.tasks.stored_text import storable

_LOG_CHARACTERS = 200_000
#: Of each, the newest.
_MOST_TASKS = 50
_MAX_MESSAGES = 200
_MAX_STATES = 200
_MAX_STATES_IN_ALL = 1_000


@dataclass(frozen=True)
class ShownState:
    """What Slack was given: the template, its stored version if it is a tenant's, the context."""

    at: datetime
    revision: int
    template: str
    source: str | None
    context: dict[str, Any]
    tenant: str


@dataclass(frozen=True)
class MessageEvidence:
    """A message's row, its events as the API shows them, and what Slack showed."""

    row: dict[str, Any]
    timeline: list[dict[str, Any]]
    states: list[ShownState]


@dataclass(frozen=True)
class Evidence:
    """All that is known. `kind` is `task`, `alert` or `message`."""

    kind: str
    key: str
    alerts: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    logs: dict[str, str] = field(default_factory=dict)  # the last lines, by task
    messages: list[MessageEvidence] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)


def collect(session: Session, key: str, tenant: str | None = None) -> Evidence:
    """
    Return what is known of the task, alert or message called *key*.

    Raises `NotFoundError`, or `ConflictError` if several tenants have one and none was named.
    """
    key = storable(key)
    alert = session.get(Alert, key)
    if alert is not None and tenant in (None, alert.tenant):
        return _of_alert(session, alert)
    tasks = _tasks_called(session, key, tenant)
    if len(tasks) > 1:
        named = ", ".join(sorted(f"`{one.id}` of {one.tenant}" for one in tasks[:10]))
        raise ConflictError(
            f"`{key}` is several tasks: {named}. Name --tenant, or the task's own id."
        )
    if tasks:
        return _of_task(session, key, tasks[0])
    messages = [one for one in of_any_tenant(session, key) if tenant in (None, one.tenant)]
    if not messages:
        raise NotFoundError(f"There is no task, alert or message called `{key}`.")
    if len({one.tenant for one in messages}) > 1:
        raise ConflictError(f"`{key}` is messages of several tenants: name --tenant.")
    subject = _subject_of(session, messages)
    if isinstance(subject, Task):
        return _of_task(session, subject.id, subject)
    if subject is not None:
        return _of_alert(session, subject)
    return _with_messages(session, Evidence("message", key), messages)


def _subject_of(session: Session, messages: Sequence[Message]) -> Task | Alert | None:
    """Return the task or the alert that the only message is about."""
    if len(messages) != 1:
        return None
    message_id = messages[0].parent_id or messages[0].id
    task = session.exec(select(Task).where(Task.message_id == message_id)).first()
    return task or session.exec(select(Alert).where(Alert.message_id == message_id)).first()


def _tasks_called(session: Session, key: str, tenant: str | None) -> Sequence[Task]:
    found = session.exec(select(Task).where(Task.id == key)).all()
    if not found:
        known = select(ExternalTaskId).where(ExternalTaskId.external_id == key)
        found = [
            task
            for one in session.exec(known)
            if (task := session.get(Task, (one.task_id, one.tenant))) is not None
        ]
    return [task for task in found if tenant in (None, task.tenant)]


def _of_task(session: Session, key: str, task: Task) -> Evidence:
    troubles = select(AlertTrouble.alert_id).where(
        AlertTrouble.tenant == task.tenant, AlertTrouble.task_id == task.id
    )
    alerts = session.exec(
        select(Alert).where(col(Alert.id).in_(troubles)).order_by(col(Alert.opened_at))
    ).all()
    evidence = Evidence("task", key, alerts=[_row_of(one) for one in alerts])
    return _with_tasks(session, evidence, [task], [one.message_id for one in alerts])


def _of_alert(session: Session, alert: Alert) -> Evidence:
    troubles = session.exec(
        select(AlertTrouble.task_id)
        .where(AlertTrouble.alert_id == alert.id, col(AlertTrouble.task_id).is_not(None))
        .order_by(col(AlertTrouble.began_at).desc())
        .limit(_MOST_TASKS)
    )
    tasks = [session.get(Task, (task_id, alert.tenant)) for task_id in troubles]
    evidence = Evidence("alert", alert.id, alerts=[_row_of(alert)])
    return _with_tasks(session, evidence, [one for one in tasks if one], [alert.message_id])


def _with_tasks(
    session: Session, evidence: Evidence, tasks: Sequence[Task], more: Iterable[str | None]
) -> Evidence:
    for task in tasks:
        evidence.tasks.append(_row_of(task))
        lines = tail(session, task, _LOG_CHARACTERS)
        if lines.text:
            evidence.logs[task.id] = lines.text
    ids = [one for one in (*more, *(task.message_id for task in tasks)) if one]
    found = session.exec(
        select(Message)
        .where(col(Message.id).in_(ids) | col(Message.parent_id).in_(ids))
        .order_by(col(Message.created_at))
        .limit(_MAX_MESSAGES)
    )
    return _with_messages(session, evidence, found.all())


def _with_messages(session: Session, evidence: Evidence, messages: Sequence[Message]) -> Evidence:
    stored: dict[str, StoredTemplate] = {}
    left = _MAX_STATES_IN_ALL
    for message in messages[:_MAX_MESSAGES]:
        found = list(_states_of(session, message, stored))
        states = found[max(0, len(found) - min(_MAX_STATES, left)) :]
        left -= len(states)
        timeline = events_of(session, message.id)
        row = _row_of(message)
        evidence.messages.append(MessageEvidence(row, timeline, states))
    evidence.templates.extend(_row_of(one) for one in stored.values())
    return evidence


def _states_of(
    session: Session, message: Message, stored: dict[str, StoredTemplate]
) -> Iterator[ShownState]:
    """Yield what Slack confirmed, oldest first, each with the content that was asked for then."""
    row: dict[str, Any] | None = None
    asked: dict[int, dict[str, Any]] = {}
    events = select(Event).where(Event.message_id == message.id).order_by(col(Event.id))
    for event in session.exec(events):
        row = projection.rebuilt_row([event.change] if row is None else [row, event.change])
        if row is None:
            return
        asked.setdefault(row["revision"], row)
        if event.name in (EventName.SENT, EventName.EDITED) and event.revision in asked:
            shown = asked[event.revision]
            source = _stored_body(session, shown.get("template_id"), stored)
            yield ShownState(
                event.at,
                event.revision,
                shown["template"],
                source,
                shown["context"],
                message.tenant,
            )


def _stored_body(
    session: Session, template_id: str | None, stored: dict[str, StoredTemplate]
) -> str | None:
    """Return the body of a stored template, and keep its version for the case file."""
    if template_id is None:
        return None
    if template_id not in stored:
        found = session.get(StoredTemplate, template_id)
        if found is None:
            return None
        stored[template_id] = found
    return stored[template_id].body


def _row_of(model: SQLModel) -> dict[str, Any]:
    """Return a row as JSON has it."""
    return {name: projection.encode(getattr(model, name)) for name in type(model).model_fields}

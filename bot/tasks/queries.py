"""Queries for tasks. A tenant sees only its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, or_, select

from bot.errors import ConflictError, NotFoundError
from bot.messages.models import Message
from bot.tasks.external_ids import MessagePlace, tasks_having, was_at
from bot.tasks.models import LIVE, Task
from bot.tasks.stored_text import make_storable, storable

MAX_LIMIT = 200
_PAYLOAD: Any = Task.payload
#: How many tasks of one id an error message names.
_MAX_SHOWN_TASKS = 3


@dataclass(frozen=True)
class Filter:
    """What to list; None asks for everything."""

    status: str | None = None
    task: str | None = None
    subject: str | None = None
    since: timedelta | None = None
    stuck_for: timedelta | None = None
    limit: int = 50
    with_payload: bool = True  # else it is neither read nor there
    before: tuple[datetime, str] | None = None  # (updated_at, id) of the last one shown

    def __post_init__(self) -> None:
        make_storable(self)


def get_task(session: Session, tenant: str, task_id: str, *, for_change: bool = False) -> Task:
    """
    Return the tenant's task of this id, its own or an orchestrator's; hold it if *for_change*.

    Raises `NotFoundError`, or `ConflictError` if an orchestrator's id is that of several tasks.
    """
    task_id = storable(task_id)
    own = _own(session, tenant, task_id, for_change=for_change)
    if own is not None:
        return own
    found = tasks_having(session, tenant, task_id, for_change=for_change)
    if not found:
        raise NotFoundError(f"There is no task `{task_id}`.")
    if len(found) > 1:
        shown = ", ".join(f"`{task.id}`" for task in found[:_MAX_SHOWN_TASKS])
        more = f" and {len(found) - _MAX_SHOWN_TASKS} more" if len(found) > _MAX_SHOWN_TASKS else ""
        raise ConflictError(
            f"`{task_id}` is the orchestrator's id of several tasks ({shown}{more}): use one of"
            " their own ids, or report with `channel` and `ts`."
        )
    return found[0]


def find_reported(session: Session, tenant: str, task_id: str, place: MessagePlace) -> Task | None:
    """
    Return the locked task that a report with an id and a place is about, or None.

    The task may not know the id yet: see `remember`.
    """
    own = _own(session, tenant, task_id, for_change=True)
    if own is not None and own.external_id is None:
        return own
    having = tasks_having(session, tenant, task_id, for_change=True)
    if own is not None and own.id not in {task.id for task in having}:
        return own  # Its creator named it so.
    there = find_by_place(session, tenant, place)
    if there is not None:
        return there
    # Its message may have been posted again since, at a place that the orchestrator never heard of.
    return next((task for task in having if was_at(session, task, task_id, place)), None)


def find_by_place(session: Session, tenant: str, place: MessagePlace) -> Task | None:
    """Return the locked task whose message is or was at *place*, or None."""
    query = (
        select(Task)
        .join(Message, col(Message.id) == col(Task.message_id))
        .where(
            Task.tenant == tenant,
            Message.channel == place.channel,
            or_(Message.ts == place.ts, Message.former_ts == place.ts),
        )
        .with_for_update(of=[Task])
    )
    return session.exec(query).first()


def is_taken(session: Session, workspace_id: str, channel: str, ts: str) -> bool:
    """Tell whether *ts* in *channel* is a message of ours that belongs to no task."""
    query = (
        select(Message.id)
        .join(Task, col(Task.message_id) == col(Message.id), isouter=True)
        .where(
            Message.workspace_id == workspace_id,
            Message.channel == channel,
            or_(Message.ts == ts, Message.former_ts == ts),
            col(Task.id).is_(None),
        )
    )
    return session.exec(query).first() is not None


def list_tasks(session: Session, tenant: str, wanted: Filter, now: datetime) -> list[Task]:
    """Return matching tasks, the most recently changed first."""
    query = select(Task).where(Task.tenant == tenant)
    if not wanted.with_payload:
        query = query.options(defer(_PAYLOAD))
    if wanted.status:
        query = query.where(Task.status == wanted.status)
    if wanted.task:
        query = query.where(Task.task == wanted.task)
    if wanted.subject:
        query = query.where(Task.subject == wanted.subject)
    if wanted.since:
        query = query.where(Task.updated_at >= now - wanted.since)
    if wanted.stuck_for:
        query = query.where(col(Task.status).in_(LIVE), Task.updated_at < now - wanted.stuck_for)
    if wanted.before:
        at, task_id = wanted.before
        query = query.where(
            (col(Task.updated_at) < at) | ((col(Task.updated_at) == at) & (col(Task.id) < task_id))
        )
    query = query.order_by(col(Task.updated_at).desc(), col(Task.id).desc())
    return list(session.exec(query.limit(min(wanted.limit, MAX_LIMIT))).all())


def message_ts(session: Session, task: Task) -> str | None:
    """Return the timestamp of the task's message, or None until Slack has it."""
    message = session.get(Message, task.message_id) if task.message_id else None
    return message.ts if message else None


def _own(session: Session, tenant: str, task_id: str, *, for_change: bool) -> Task | None:
    query = select(Task).where(Task.id == task_id, Task.tenant == tenant)
    return session.exec(query.with_for_update() if for_change else query).one_or_none()

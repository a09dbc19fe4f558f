"""Finding tasks. A tenant sees its own and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from bot.errors import NotFoundError
from bot.messages.models import Message
from bot.tasks.models import LIVE, Task
from bot.tasks.stored_text import make_storable, storable

MAX_LIMIT = 200


@dataclass(frozen=True)
class Filter:
    """What to list; None asks for everything."""

    status: str | None = None
    task: str | None = None
    subject: str | None = None
    since: timedelta | None = None
    stuck_for: timedelta | None = None
    limit: int = 50
    before: tuple[datetime, str] | None = None  # (updated_at, id) of the last one shown

    def __post_init__(self) -> None:
        make_storable(self)


def get_task(session: Session, tenant: str, task_id: str, *, for_change: bool = False) -> Task:
    """Return the tenant's task, held against other writers if *for_change*."""
    query = select(Task).where(Task.id == storable(task_id), Task.tenant == tenant)
    if for_change:
        query = query.with_for_update()
    task = session.exec(query).one_or_none()
    if task is None:
        raise NotFoundError(f"There is no task `{task_id}`.")
    return task


def find_by_place(session: Session, tenant: str, channel: str, ts: str) -> Task | None:
    """Return the task whose message stands at *ts* in *channel*, or stood there once."""
    query = (
        select(Task)
        .join(Message, col(Message.id) == col(Task.message_id))
        .where(
            Task.tenant == tenant,
            Message.channel == channel,
            or_(Message.ts == ts, Message.former_ts == ts),
        )
        .with_for_update(of=[Task])
    )
    return session.exec(query).first()


def is_taken(session: Session, workspace_id: str, channel: str, ts: str) -> bool:
    """Tell whether a message of ours that is no task's stands at *ts* in *channel*."""
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
    """Return where the task's message stands, or None while Slack has not got it."""
    message = session.get(Message, task.message_id) if task.message_id else None
    return message.ts if message else None

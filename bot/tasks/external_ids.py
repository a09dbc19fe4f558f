"""
The ids that orchestrators give to our tasks, such as a BullMQ job's number.

A task may have several, one for each attempt. Several tasks may have the same one, because every
queue counts for itself. So an id is stored with the place for which it was reported, and if the two
disagree, the place decides. An id under which a task was created never refers to another task.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.db import insert_absent
from bot.tasks.models import ExternalTaskId, Task

#: Printable ASCII without spaces and backticks, which Slack shows ids in.
TASK_ID = "[!-_a-~]{1,200}"
#: Clients resolve these away when they stand in an address.
NO_TASK_IDS = (".", "..")
#: Maximum number of external ids per task; the oldest is dropped first.
MAX_IDS = 50


@dataclass(frozen=True)
class MessagePlace:
    """The place of a message in Slack."""

    channel: str
    ts: str


def is_task_id(text: str) -> bool:
    """Tell whether this can be a task's own id."""
    return re.fullmatch(TASK_ID, text) is not None and text not in NO_TASK_IDS


def tasks_having(
    session: Session, tenant: str, external_id: str, *, for_change: bool
) -> list[Task]:
    """Return the tenant's tasks that bear this id beside their own, held if *for_change*."""
    query = (
        select(Task)
        .join(
            ExternalTaskId,
            (col(ExternalTaskId.tenant) == col(Task.tenant))
            & (col(ExternalTaskId.task_id) == col(Task.id)),
        )
        .where(ExternalTaskId.tenant == tenant, ExternalTaskId.external_id == external_id)
        .order_by(col(Task.id))
    )
    return list(session.exec(query.with_for_update(of=[Task]) if for_change else query).all())


def was_at(session: Session, task: Task, external_id: str, place: MessagePlace) -> bool:
    """Tell whether *external_id* was first reported for *place*, wherever the task is now."""
    known = session.get(ExternalTaskId, (task.tenant, external_id, task.id))
    return known is not None and (known.channel, known.ts) == (place.channel, place.ts)


def remember(
    session: Session, task: Task, external_id: str, place: MessagePlace, now: datetime
) -> None:
    """Let *external_id*, which was reported for *place*, find the task from now on."""
    if session.get(ExternalTaskId, (task.tenant, external_id, task.id)) is not None:
        return
    _make_room(session, task)
    task.external_id = external_id
    insert_absent(
        session,
        ExternalTaskId(
            tenant=task.tenant,
            external_id=external_id,
            task_id=task.id,
            channel=place.channel,
            ts=place.ts,
            remembered_at=now,
        ),
    )


def _make_room(session: Session, task: Task) -> None:
    query = (
        select(ExternalTaskId)
        .where(ExternalTaskId.tenant == task.tenant, ExternalTaskId.task_id == task.id)
        .order_by(col(ExternalTaskId.remembered_at).desc())
        .offset(MAX_IDS - 1)
    )
    for oldest in session.exec(query).all():
        session.delete(oldest)

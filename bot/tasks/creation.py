"""A new task that has no row yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.ids import is_slack_user_id, new_id
from bot.tasks.models import Task, TaskStatus
from bot.tasks.stored_text import make_storable, redact_record


@dataclass(frozen=True)
class Owner:
    """For whom something is done: the tenant and the workspace it writes to."""

    tenant: str
    workspace_id: str


@dataclass(frozen=True)
class NewTask:
    """A task to be announced, and run if *run*."""

    task: str
    channel: str
    subject: str | None = None
    task_id: str | None = None
    status: TaskStatus = TaskStatus.QUEUED
    details: dict[str, Any] | None = None
    payload: Any = None
    steps: list[dict[str, Any]] | None = None
    log_url: str | None = None
    grafana_url: str | None = None
    runner: str | None = None
    environment: str | None = None
    correlation_id: str | None = None
    created_by: str | None = None
    run: bool = False

    def __post_init__(self) -> None:
        make_storable(self, "task_id", "task", "channel", "correlation_id")
        redact_record(self)


def make_task(owner: Owner, new: NewTask, now: datetime) -> Task:
    """Return the row for *new*; the caller adds it."""
    return Task(
        id=new.task_id or new_id("t"),
        tenant=owner.tenant,
        workspace_id=owner.workspace_id,
        channel=new.channel,
        task=new.task,
        subject=new.subject,
        steps=new.steps,
        details=new.details,
        payload=new.payload,
        environment=new.environment,
        log_url=new.log_url,
        grafana_url=new.grafana_url,
        runner=new.runner,
        correlation_id=new.correlation_id,
        created_by=new.created_by,
        acted=[act("started", new.created_by, now)] if is_slack_user_id(new.created_by) else None,
        created_at=now,
        updated_at=now,
    )


def act(verb: str, by: str, now: datetime, reason: str | None = None) -> dict[str, Any]:
    """Return the line saying who did what to a task, as its message shows it."""
    done: dict[str, Any] = {"verb": verb, "by": by, "at": int(now.timestamp())}
    return {**done, "reason": reason} if reason else done

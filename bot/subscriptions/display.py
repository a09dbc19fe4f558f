"""What subscribers read: the contexts of `templates/subscriptions`. Pure."""

from datetime import datetime
from typing import Any

from bot.subscriptions.models import EndNotice, Subscription
from bot.tasks.display import elapsed_seconds, epoch
from bot.tasks.models import Task

ERROR_CHARACTERS = 300
#: Lines of a digest; the others are counted.
SHOWN_ENDS = 30


def end_context(task: Task, subscription: Subscription, now: datetime) -> dict[str, Any]:
    """Return what `templates/subscriptions/end.json` is filled with; nobody who acted is named."""
    return {
        "task_id": task.id,
        "task": task.task,
        "subject": task.subject,
        "status": str(task.status),
        "attempt": task.attempt,
        "environment": task.environment,
        "error": task.error[:ERROR_CHARACTERS] if task.error else None,
        "elapsed_seconds": elapsed_seconds(task, now),
        "ended_at": epoch(task.ended_at or task.heard_at or now),
        "pattern": subscription.pattern,
        "only_failures": subscription.only_failures,
    }


def digest_line(notice: EndNotice, task: Task | None) -> dict[str, Any]:
    """Return one line of a digest: how it ended, and how the task is now if that has changed."""
    now_status = None
    if task is not None and (task.attempt, task.status) != (notice.attempt, notice.status):
        now_status = str(task.status)
    return {
        "task_id": notice.task_id,
        "task": task.task if task else notice.task_id,
        "subject": task.subject if task else None,
        "status": str(notice.status),
        "now_status": now_status,
        "error": task.error[:ERROR_CHARACTERS] if task and task.error else None,
        "at": epoch(notice.at),
    }

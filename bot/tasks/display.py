"""How a task is displayed: the context of its message, and its links. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.config_file import ConfigFile, TaskKind
from bot.tasks.models import LIVE, RETRYABLE, Task, TaskStatus
from bot.terminal_sequences import strip_all_sequences
from bot.workspaces.models import DEFAULT_TENANT

_ACTED_SHOWN = 3
_ERROR_CHARACTERS = 1_000
#: Below this the remaining time would be a guess.
_MIN_PROGRESS_FOR_ETA = 2


@dataclass(frozen=True)
class Links:
    """
    Where the settings say that logs and dashboards are; templates with `{subject}` and so on.

    They are told to the tenant that the settings belong to, and to no other.
    """

    config: ConfigFile
    grafana_url: str | None = None

    def log_url(self, task: Task, now: datetime) -> str | None:
        """Return the task's own log address, else the one of its kind."""
        return task.log_url or fill(self._kind_of(task).log_url, task, now)

    def grafana(self, task: Task, now: datetime) -> str | None:
        """Return the dashboard's address with the time range of this task."""
        usual = self.grafana_url if task.tenant == DEFAULT_TENANT else None
        return task.grafana_url or fill(self._kind_of(task).grafana_url or usual, task, now)

    def _kind_of(self, task: Task) -> TaskKind:
        return self.config.of_tenant(task.tenant).kind(task.task)


def fill(template: str | None, task: Task, now: datetime) -> str | None:
    """Put a task's values into an address; unknown placeholders stay as they are."""
    if not template:
        return None
    values = {
        "task": task.task,
        "task_id": task.id,
        "subject": task.subject or "",
        "dealer": task.subject or "",
        "attempt": str(task.attempt),
        "started_ms": _epoch_milliseconds(task.started_at or task.created_at),
        "ended_ms": _epoch_milliseconds(task.ended_at or now),
    }
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template


def message_context(task: Task, links: Links, now: datetime, *, can_retry: bool) -> dict[str, Any]:
    """Return the context of `templates/tasks/task.json`; times are whole epoch seconds."""
    return {
        "task": task.task,
        "subject": task.subject,
        "task_id": task.id,
        "status": str(task.status),
        "attempt": task.attempt,
        "progress": task.progress,
        "progress_note": task.progress_note,
        "steps": task.steps or [],
        "created_at": epoch(task.created_at),
        "started_at": epoch(task.started_at),
        "ended_at": epoch(task.ended_at),
        "updated_at": epoch(task.updated_at),
        "eta_at": epoch(expected_end(task, links.config, now)),
        "elapsed_seconds": elapsed_seconds(task, now),
        "environment": task.environment,
        "metadata": readable(task.details),
        "stats": readable(task.stats),
        # The template shows 200 characters; the thread has the rest.
        "error": task.error[:_ERROR_CHARACTERS] if task.error else None,
        "log_url": links.log_url(task, now),
        "has_logs": task.has_logs,
        "grafana_url": links.grafana(task, now),
        "actions": actions(task, can_retry=can_retry),
        "acted": (task.acted or [])[-_ACTED_SHOWN:],
        "last_heard_at": epoch(task.heard_at),
    }


def readable(facts: dict[str, Any] | None) -> dict[str, Any]:
    """Return names and values for people: numbers and text as they are, the rest in words."""
    return {name: _worded(value) for name, value in (facts or {}).items()}


def _worded(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return json.dumps(strip_all_sequences(value), ensure_ascii=False)
    return value


def actions(task: Task, *, can_retry: bool) -> list[str]:
    """Return the buttons that apply now."""
    if task.status in LIVE:
        return ["cancel"]
    return ["retry"] if can_retry and task.status in RETRYABLE else []


def elapsed_seconds(task: Task, now: datetime) -> int | None:
    """Return how long the attempt has run, or ran."""
    if task.started_at is None:
        return None
    end = task.ended_at or (task.heard_at if task.status == TaskStatus.LOST else None) or now
    return max(0, round((end - task.started_at).total_seconds()))


def expected_end(task: Task, config: ConfigFile, now: datetime) -> datetime | None:
    """Return when a running task will probably end: by its pace, else by what its kind takes."""
    if task.status != TaskStatus.RUNNING or task.started_at is None:
        return None
    if task.progress and _MIN_PROGRESS_FOR_ETA <= task.progress < 100:
        return now + (now - task.started_at) * ((100 - task.progress) / task.progress)
    minutes = config.of_tenant(task.tenant).kind(task.task).expected_minutes
    expected = task.started_at + timedelta(minutes=minutes) if minutes else None
    return expected if expected and expected > now else None


def epoch(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _epoch_milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))

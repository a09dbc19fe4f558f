"""How alerts are displayed: the contexts of their messages, and the API's JSON. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.alerts.analysis.shared_factor import SharedFactor, factors_of
from bot.alerts.checks import OVERDUE, due_at
from bot.alerts.incidents import STORM, IncidentState, TroubleType
from bot.alerts.models import Alert, AlertTrouble, Silence
from bot.tasks.display import epoch
from bot.tasks.models import Task

_SHOWN_TASKS = 10
_SHOWN_KINDS = 8
_ALERT_ERROR_CHARACTERS = 1_000
SEVERAL = "several kinds"

Held = Sequence[tuple[AlertTrouble, Task | None]]


@dataclass(frozen=True)
class FoundAlert:
    """An alert with what is left of it, read in one transaction."""

    alert: Alert
    held: Held
    factor: SharedFactor | None = None
    mute: Silence | None = None  # of its kind


def alert_context(
    found: FoundAlert,
    now: datetime,
    log_url: Callable[[Task, datetime], str | None],
    money_of: Callable[[str], float | None],
) -> dict[str, Any]:
    """Return the context of `templates/alerts/alert.json`; times are whole epoch seconds."""
    alert, held = found.alert, found.held
    kinds = Counter(trouble.task for trouble, _ in held)
    is_open = alert.state != IncidentState.RESOLVED
    return {
        **summary_context(alert, len(held)),
        "kinds": [
            {"task": kind, "count": count} for kind, count in kinds.most_common(_SHOWN_KINDS)
        ],
        "more_kinds": max(0, len(kinds) - _SHOWN_KINDS),
        "tasks": [
            _task_context(trouble, task, now, log_url) for trouble, task in held[:_SHOWN_TASKS]
        ],
        "more": max(0, len(held) - _SHOWN_TASKS),
        "factor": _factor_context(found.factor),
        "expected": (alert.facts or {}).get("expected"),
        "money": sum((money_of(kind) or 0) * count for kind, count in kinds.items()) or None,
        "actions": _alert_actions(alert, held) if is_open else [],
        "muted_by": found.mute.by if found.mute else None,
        "muted_until": epoch(found.mute.until) if found.mute and found.mute.until else None,
        "reported_at": epoch(now),
    }


def summary_context(alert: Alert, left: int) -> dict[str, Any]:
    """Return one alert as a line of a digest shows it."""
    is_storm = alert.fingerprint == STORM
    return {
        "alert_id": alert.id,
        "type": str(alert.type),
        "task": SEVERAL if is_storm else alert.task,
        "label": "" if is_storm else alert.label,
        "is_storm": is_storm,
        "first_word": str(alert.first_word),
        "number": alert.number,
        "severity": str(alert.severity),
        "state": str(alert.state),
        "is_flapping": alert.is_flapping,
        "left": left,
        "count": alert.count,
        "opened_at": epoch(alert.opened_at),
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_at": epoch(alert.acknowledged_at),
        "snoozed_by": alert.snoozed_by,
        "snoozed_until": epoch(alert.snoozed_until),
        "resolved_at": epoch(alert.resolved_at),
        "resolved_by": alert.resolved_by,
        "reason": alert.resolved_because if alert.resolved_by else None,
    }


def _task_context(
    trouble: AlertTrouble,
    task: Task | None,
    now: datetime,
    log_url: Callable[[Task, datetime], str | None],
) -> dict[str, Any]:
    """Return one task as a line of an alert shows it."""
    if task is None and trouble.facts:
        return {**trouble.facts, "began_at": epoch(trouble.began_at)}
    if task is None:
        is_missed = trouble.type == TroubleType.MISSED
        return {
            "task_id": None,
            "task": trouble.task if is_missed else trouble.note or trouble.task,
            "began_at": epoch(trouble.began_at),
            "due_at": epoch(due_at(trouble.key)) if is_missed else None,
        }
    is_overdue = trouble.key.endswith(f" {OVERDUE}")
    return {
        "task_id": task.id,
        "task": task.task,
        "subject": task.subject,
        "status": str(task.status),
        "attempt": task.attempt,
        "created_at": epoch(task.created_at),
        "began_at": epoch(trouble.began_at),
        "started_at": epoch(task.started_at),
        "heard_at": None if is_overdue else epoch(task.heard_at or task.updated_at),
        "error": task.error[:_ALERT_ERROR_CHARACTERS] if task.error else None,
        "log_url": log_url(task, now),
    }


def _factor_context(factor: SharedFactor | None) -> dict[str, Any] | None:
    """Return what most failures share, as a sentence says it."""
    if factor is None:
        return None
    return {
        "name": factor.name,
        "value": factor.value,
        "failures_with": factor.failures_with,
        "failures": factor.failures,
        "success_percent": round(100 * factor.success_share),
    }


def task_factors(task: Task) -> Mapping[str, str]:
    """Return what may be shared by tasks that fail: metadata, runner, attempt, environment."""
    facts = task.details if isinstance(task.details, dict) else {}
    return factors_of(
        **{
            **facts,
            "subject": task.subject,
            "runner": task.runner,
            "attempt": task.attempt,
            "environment": task.environment,
        }
    )


def _alert_actions(alert: Alert, held: Held) -> list[str]:
    """Return the buttons that apply now."""
    shown = ["snooze", "mute", "resolve"]
    can_retry = any(task is not None and task.runner for _, task in held)
    if alert.type == TroubleType.FAILED and can_retry:
        shown = ["retry", *shown]
    if alert.state != IncidentState.ACKNOWLEDGED:
        shown = ["acknowledge", *shown]
    return shown


def alert_json(found: FoundAlert, task_ids: Sequence[str], ts: str | None) -> dict[str, Any]:
    """Return the alert as the API shows it."""
    alert = found.alert
    return {
        "id": alert.id,
        "type": str(TroubleType(alert.type)),
        "task": None if alert.fingerprint == STORM else alert.task,
        "fingerprint": alert.fingerprint,
        "label": alert.label,
        "first_word": str(alert.first_word),
        "severity": str(alert.severity),
        "state": str(alert.state),
        "flapping": alert.is_flapping,
        "count": alert.count,
        "opened_at": _iso(alert.opened_at),
        "acknowledged_by": alert.acknowledged_by,
        "snoozed_until": _iso(alert.snoozed_until),
        "resolved_at": _iso(alert.resolved_at),
        "resolved_because": alert.resolved_because,
        "resolved_by": alert.resolved_by,
        "channel": alert.channel,
        "ts": ts,
        "task_ids": list(task_ids),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None

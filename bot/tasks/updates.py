"""
Decides what a report changes in a task. Pure: the caller has locked the row.

Reports may arrive late, twice and out of order; a task only moves forward.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.errors import FieldProblem, InvalidError
from bot.tasks.external_ids import MessagePlace
from bot.tasks.models import ENDS, Task, TaskStatus
from bot.tasks.stored_text import make_storable, redact_record

#: Four missed heartbeats of the client, which sends one every fifteen seconds.
BEATING_LEASE = timedelta(seconds=60)
#: Context travels with every revision of a message, so it must stay small.
MAX_DETAILS_CHARACTERS = 32_000
#: Work that never sends heartbeats may be silent this long before it counts as lost. Long before
#: that it is stuck, which is an alert and changes nothing of the task.
SILENT_LEASE = timedelta(hours=24)


class ReportOutcome(StrEnum):
    """What became of a report."""

    APPLIED = "applied"
    STALE = "stale"  #: something newer is known already
    FINAL = "final"  #: the attempt has ended


@dataclass(frozen=True)
class StatusReport:
    """What an orchestrator, worker or client says about a task; None where it says nothing."""

    status: TaskStatus
    task_id: str | None = None
    channel: str | None = None
    ts: str | None = None
    task: str | None = None
    subject: str | None = None
    progress: int | None = None
    progress_note: str | None = None
    error: str | None = None
    attempt: int | None = None
    seq: int | None = None
    stats: dict[str, Any] | None = None
    steps: list[dict[str, Any]] | None = None
    log_url: str | None = None
    grafana_url: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        make_storable(self, "channel", "ts")
        redact_record(self)

    @property
    def place(self) -> MessagePlace | None:
        """Return the place of the task's message, if the report names it."""
        return MessagePlace(self.channel, self.ts) if self.channel and self.ts else None


def _judge(task: Task, report: StatusReport) -> ReportOutcome:
    """Return whether *report* may change *task*."""
    attempt = report.attempt if report.attempt is not None else task.attempt
    if attempt != task.attempt:
        return ReportOutcome.APPLIED if attempt > task.attempt else ReportOutcome.STALE
    if task.status in ENDS:
        return ReportOutcome.FINAL
    if report.seq is not None and task.seq is not None:
        return ReportOutcome.APPLIED if report.seq > task.seq else ReportOutcome.STALE
    return ReportOutcome.STALE if _goes_back(task, report) else ReportOutcome.APPLIED


def _goes_back(task: Task, report: StatusReport) -> bool:
    """Tell whether a report without a sequence number is outdated."""
    if report.status == TaskStatus.QUEUED and task.status != TaskStatus.QUEUED:
        return True  # A lost task had started, too.
    return report.status == task.status and _loses_progress(task, report)


def _loses_progress(task: Task, report: StatusReport) -> bool:
    """Tell whether a report without a sequence number would reduce the progress."""
    if report.seq is not None and task.seq is not None:
        return False
    known, told = task.progress, report.progress
    return known is not None and told is not None and told < known


def apply(task: Task, report: StatusReport, now: datetime) -> ReportOutcome:
    """Change *task* as far as *report* is news, and say how far it was."""
    outcome = _judge(task, report)
    if outcome is not ReportOutcome.APPLIED:
        return outcome
    details = merged(task, report)
    if report.attempt is not None and report.attempt > task.attempt:
        start_over(task, report.attempt)
    progress = None if _loses_progress(task, report) else report.progress
    _move_to(task, report.status, now)
    task.seq = report.seq if report.seq is not None else task.seq
    told = {
        "progress": progress,
        "progress_note": report.progress_note,
        "error": report.error,
        "stats": report.stats,
        "steps": report.steps,
        "log_url": report.log_url,
        "grafana_url": report.grafana_url,
        "details": details or None,
    }
    for name, value in told.items():
        if value is not None:
            setattr(task, name, value)
    if task.status == TaskStatus.COMPLETED and task.progress is not None:
        task.progress = 100
    return outcome


def merged(task: Task, report: StatusReport) -> dict[str, Any]:
    """
    Return all metadata of a task, the old and the new.

    Raises `InvalidError` if that became too much, but never for an end: that keeps the old.
    """
    known = task.details or {}
    if not report.details:
        return known
    details = {**known, **report.details}
    if len(json.dumps(details)) <= MAX_DETAILS_CHARACTERS:
        return details
    if report.status in ENDS:
        return known
    fix = (
        f"with what is known it would be more than {MAX_DETAILS_CHARACTERS:,} characters of JSON:"
        " send fewer names"
    )
    problem = FieldProblem("metadata", fix)
    raise InvalidError(f"Nothing was changed: `metadata`: {fix}.", [problem])


def start_over(task: Task, attempt: int) -> None:
    """Forget what the last attempt left behind."""
    task.attempt = attempt
    task.status = TaskStatus.QUEUED
    task.seq = None
    task.progress = task.progress_note = task.error = None
    task.stats = task.steps = None
    task.beats = False  # The next attempt may run where nothing beats.
    task.started_at = task.ended_at = task.heard_at = task.lease_until = None


def _move_to(task: Task, status: TaskStatus, now: datetime) -> None:
    """Bring a task to *status* and keep its times in step."""
    task.status = status
    task.updated_at = now
    if status == TaskStatus.QUEUED:
        return
    # What was cancelled while it waited has not run at all.
    if status != TaskStatus.CANCELLED:
        task.started_at = task.started_at or now
    if status in ENDS:
        task.ended_at = now
        task.lease_until = None
    elif status == TaskStatus.LOST:
        task.lease_until = None
    elif status == TaskStatus.RUNNING:
        hear(task, now)


def hear(task: Task, now: datetime) -> None:
    """Renew the lease: the work has just shown that it is alive."""
    task.heard_at = now
    task.lease_until = now + (BEATING_LEASE if task.beats else SILENT_LEASE)

"""What is said of reports and their runs in lists. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.reports.display.message import wall_time, zone_of
from bot.reports.models import Notification, Report, ReportRun, RunStatus
from listeners.views import rich_text_parts

RUN_FACES: Mapping[RunStatus, str] = {
    RunStatus.PENDING: "⏳ Waiting",
    RunStatus.RUNNING: "🔵 Running",
    RunStatus.COMPLETED: "✅ Completed",
    RunStatus.FAILED: "❌ Failed",
    RunStatus.SKIPPED: "⏭️ Skipped",
    RunStatus.MISSED: "⏭️ Missed",
}
_DAY_NAMES = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def schedule_words(schedule: Mapping[str, Any]) -> str:
    """Return `daily at 09:00 (Europe/Berlin)`."""
    zone = schedule.get("timezone") or "UTC"
    cron = schedule.get("cron")
    if cron:
        return f"by cron {cron} ({zone})"
    at = schedule.get("time") or "00:00"
    frequency = schedule.get("frequency") or "daily"
    days = schedule.get("day_of_week") or []
    named = ", ".join(
        _DAY_NAMES.get(one, one) for one in ([days] if isinstance(days, str) else days)
    )
    if frequency == "weekly":
        return f"on {named or 'Monday'} at {at} ({zone})"
    if frequency == "monthly":
        day = schedule.get("day_of_month") or "last"
        which = "on the last day of the month" if day == "last" else f"on day {day} of the month"
        return f"{which} at {at} ({zone})"
    return f"{frequency} at {at} ({zone})"


def state_words(report: Report) -> str:
    """Return `next Sun 29 Nov 2026, 09:00 CET`, or that it is paused."""
    if not report.is_enabled or report.due_at is None:
        return "paused"
    return f"next {wall_time(report.due_at, zone_of(report))}"


def place_parts(report: Report) -> list[rich_text_parts.RichTextPart]:
    """Return where its runs are told."""
    if report.notification == Notification.CHANNEL and report.channel:
        return [rich_text_parts.text_part("to "), rich_text_parts.place_part(report.channel)]
    if report.notification == Notification.DM and report.slack_user:
        return [rich_text_parts.text_part("to "), rich_text_parts.user_part(report.slack_user)]
    return [rich_text_parts.text_part("kept in the history")]


def run_parts(run: ReportRun) -> list[rich_text_parts.RichTextPart]:
    """Return a line of the history: how it ended, when, how long it took, and why."""
    face = RUN_FACES[RunStatus(run.status)]
    parts = [
        rich_text_parts.text_part(f"{face} ", bold=True),
        rich_text_parts.date_part(run.due_at),
        rich_text_parts.text_part(f" · {run.trigger}".replace("_", " ")),
    ]
    seconds = _seconds(run.started_at, run.completed_at)
    facts = [
        f"{seconds:.1f} s" if seconds is not None else "",
        f"{run.figures_traced} of {run.figures_total} figures traced" if run.figures_total else "",
        f"by {run.model}" if run.model else "",
        f"${run.cost:.4f}" if run.cost is not None else "",
    ]
    parts += [rich_text_parts.text_part(f" · {fact}") for fact in facts if fact]
    if run.requested_by:
        parts += [
            rich_text_parts.text_part(" · asked for by "),
            rich_text_parts.user_part(run.requested_by),
        ]
    reason = run.error_message or run.skipped_because
    if reason:
        parts.append(rich_text_parts.text_part(f"\n{reason}", 300))
    return parts


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None

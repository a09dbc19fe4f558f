"""The answers to `/ops report list`, `next` and `show`. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.reports.display.message import wall_time, zone_of
from bot.reports.display.notices import problem_words
from bot.reports.models import Report, ReportRun
from listeners.views import rich_text_parts
from listeners.views.reports.report_words import (
    place_parts,
    run_parts,
    schedule_words,
    state_words,
)

MAX_LISTED = 30
MAX_SHOWN_RUNS = 10


def build_report_list(reports: Sequence[Report], *, has_more: bool) -> dict[str, Any]:
    """Return an ephemeral answer with two lines for each report."""
    if not reports:
        return _private("You have no reports. Type `/ops report new` to create one.")
    lines = [rich_text_parts.section(rich_text_parts.text_part("Your reports", bold=True))]
    for report in reports[:MAX_LISTED]:
        parts = [
            rich_text_parts.text_part("📊 " if report.is_enabled else "⏸️ "),
            rich_text_parts.text_part(report.name, 100, bold=True),
            rich_text_parts.text_part(f" · {schedule_words(report.schedule)} · "),
            *place_parts(report),
            rich_text_parts.text_part(f"\n{state_words(report)}"),
        ]
        if report.failures:
            times = "time" if report.failures == 1 else "times"
            parts.append(rich_text_parts.text_part(f" · failed the last {report.failures} {times}"))
        if report.problem:
            parts.append(rich_text_parts.text_part(f"\n⚠️ {problem_words(report.problem)}", 200))
        lines.append(rich_text_parts.section(*parts))
    if has_more:
        lines.append(
            rich_text_parts.section(rich_text_parts.text_part("There are more: see the API."))
        )
    return {
        **_private(f"Your reports: {len(reports)}"),
        "blocks": [rich_text_parts.rich_text(*lines)],
    }


def build_next_reports(found: Sequence[tuple[Report, datetime]]) -> dict[str, Any]:
    """Return an ephemeral answer with the next runs, the soonest first."""
    if not found:
        return _private("No report is due in the next 24 hours.")
    lines = [
        rich_text_parts.section(rich_text_parts.text_part("Due in the next 24 hours", bold=True))
    ]
    lines += [
        rich_text_parts.section(
            rich_text_parts.date_part(due_at),
            rich_text_parts.text_part("  "),
            rich_text_parts.text_part(report.name, 100, bold=True),
            rich_text_parts.text_part(f" · {wall_time(due_at, zone_of(report))}"),
        )
        for report, due_at in found[:MAX_LISTED]
    ]
    if len(found) > MAX_LISTED:
        lines.append(
            rich_text_parts.section(
                rich_text_parts.text_part(f"and {len(found) - MAX_LISTED} more")
            )
        )
    return {
        **_private(f"Due in the next 24 hours: {len(found)}"),
        "blocks": [rich_text_parts.rich_text(*lines)],
    }


def build_report_history(report: Report, runs: Sequence[ReportRun]) -> dict[str, Any]:
    """Return an ephemeral answer: what the report is, its last runs, and what can be done."""
    about = rich_text_parts.section(
        rich_text_parts.text_part(f"📊 {report.name}", 120, bold=True),
        rich_text_parts.text_part(f"\n{schedule_words(report.schedule)} · "),
        *place_parts(report),
        rich_text_parts.text_part(f" · {state_words(report)} · source {report.source} · owner "),
        rich_text_parts.user_part(report.owner),
    )
    question = rich_text_parts.preformatted(report.query, 1_000)
    lines = [rich_text_parts.section(*run_parts(run)) for run in runs[:MAX_SHOWN_RUNS]]
    if not lines:
        lines = [rich_text_parts.section(rich_text_parts.text_part("It has not run yet."))]
    buttons = [
        _report_button("Run Now", "report_run", report.id),
        _report_button("Edit", "report_edit", report.id),
        _report_button("Pause", "report_pause", report.id)
        if report.is_enabled
        else _report_button("Resume", "report_resume", report.id),
    ]
    return {
        **_private(f"📊 {report.name}: {state_words(report)}"),
        "blocks": [
            rich_text_parts.rich_text(about, question),
            rich_text_parts.rich_text(
                rich_text_parts.section(rich_text_parts.text_part("Last runs", bold=True)), *lines
            ),
            {"type": "actions", "elements": buttons},
        ],
    }


def _private(text: str) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": text}


def _report_button(label: str, action_id: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "value": value, "text": text}

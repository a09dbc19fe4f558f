"""Contexts of the smaller messages: a failed run, a notice, a bulk, an answer. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.ids import is_slack_user_id
from bot.messages.rendering.plain_text import plain_text
from bot.reports.display.message import wall_time, zone_of
from bot.reports.models import Report, ReportRun, RunStatus
from bot.reports.service_types import Answered

FAILED_TEMPLATE = "reports/failed"
NOTICE_TEMPLATE = "reports/notice"
BULK_TEMPLATE = "reports/bulk"
ANSWER_TEMPLATE = "reports/answer"

_BULK_LINES = 40


class NoticeButton(StrEnum):
    """What can be done about a notice; each shows a button."""

    TAKE_OVER = "take_over"
    RETRY = "retry"
    EDIT = "edit"
    PAUSE = "pause"
    RESUME = "resume"


class Notice(StrEnum):
    """What a notice is about."""

    SKIPPED = "skipped"
    MISSED = "missed"
    PAUSED = "paused"
    RESUMED = "resumed"
    DISABLED = "disabled"  #: it failed too often
    OWNER_GONE = "owner_gone"
    CHANNEL_GONE = "channel_gone"
    SOURCE_GONE = "source_gone"
    FAILING = "failing"


@dataclass(frozen=True)
class _NoticeFace:
    symbol: str
    words: str
    buttons: tuple[NoticeButton, ...] = ()


_B = NoticeButton
_NOTICE_FACES = {
    Notice.SKIPPED: _NoticeFace("⏭️", "Skipped"),
    Notice.MISSED: _NoticeFace("⏭️", "Missed", (_B.RETRY,)),
    Notice.PAUSED: _NoticeFace("⏸️", "Paused", (_B.RESUME,)),
    Notice.RESUMED: _NoticeFace("▶️", "Resumed"),
    Notice.DISABLED: _NoticeFace("⏸️", "Paused after repeated failures", (_B.EDIT, _B.RESUME)),
    Notice.OWNER_GONE: _NoticeFace("⚠️", "Its owner is gone", (_B.TAKE_OVER, _B.PAUSE)),
    Notice.CHANNEL_GONE: _NoticeFace("⚠️", "Its channel is gone", (_B.EDIT, _B.TAKE_OVER, _B.PAUSE)),
    Notice.SOURCE_GONE: _NoticeFace("⚠️", "Its source is gone", (_B.EDIT, _B.TAKE_OVER, _B.PAUSE)),
    Notice.FAILING: _NoticeFace("⚠️", "Its runs fail", (_B.EDIT, _B.TAKE_OVER, _B.PAUSE)),
}


def problem_words(problem: str) -> str:
    """Return what is said of the stored problem of a report: `Its owner is gone`."""
    face = _NOTICE_FACES.get(Notice(problem)) if problem in tuple(Notice) else None
    return face.words if face else problem


def failure_context(report: Report, run: ReportRun, *, at: datetime) -> dict[str, Any]:
    """Return the context of `reports/failed`; *at* is when the run was due, or asked for."""
    return {
        "name": report.name,
        "when": wall_time(at, zone_of(report)),
        "error": run.error_message or "It did not finish.",
        "code": run.error_code or "failed",
        "failures": report.failures,
        "source": report.source,
        "owner": report.owner if is_slack_user_id(report.owner) else None,
        "next_run": int(report.due_at.timestamp()) if report.due_at else None,
        "report_id": report.id,
        "run_id": run.id,
    }


def notice_context(
    report: Report,
    notice: Notice,
    reason: str,
    *,
    run: ReportRun | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """
    Return the context of `reports/notice`; *reason* says what happened and what to do about it.

    *by* is who did it, if somebody in Slack did.
    """
    face = _NOTICE_FACES[notice]
    return {
        "symbol": face.symbol,
        "title": face.words,
        "name": report.name,
        "reason": reason,
        "owner": report.owner if is_slack_user_id(report.owner) and face.symbol == "⚠️" else None,
        "by": by if by and is_slack_user_id(by) else None,
        "buttons": [
            str(one)
            for one in face.buttons
            if (one is not _B.RETRY or run is not None)
            and (one is not _B.PAUSE or report.is_enabled)
        ],
        "report_id": report.id,
        "run_id": run.id if run else "",
    }


_RUN_SYMBOLS: Mapping[RunStatus, str] = {
    RunStatus.PENDING: "⏳",
    RunStatus.RUNNING: "🔵",
    RunStatus.COMPLETED: "✅",
    RunStatus.FAILED: "❌",
    RunStatus.SKIPPED: "⏭️",
    RunStatus.MISSED: "⏭️",
}


def bulk_context(
    runs: Sequence[tuple[str, ReportRun]], *, requested_by: str | None = None
) -> dict[str, Any]:
    """Return the context of `reports/bulk`; *runs* are pairs of a report's name and its run."""
    counts = Counter(run.status for _, run in runs)
    done = len(runs) - counts[RunStatus.PENDING] - counts[RunStatus.RUNNING]
    lines = [
        {
            "symbol": _RUN_SYMBOLS[RunStatus(run.status)],
            "name": name,
            "status": str(run.status),
            "reason": run.error_message or run.skipped_because or "",
        }
        for name, run in runs
    ]
    return {
        "count": len(runs),
        "done": done,
        "failed": counts[RunStatus.FAILED],
        "percent": done * 100 // len(runs) if runs else 100,
        "lines": lines[:_BULK_LINES],
        "more": max(0, len(lines) - _BULK_LINES),
        "requested_by": requested_by if requested_by and is_slack_user_id(requested_by) else None,
    }


def answer_context(question: str, answered: Answered, *, asked_by: str | None) -> dict[str, Any]:
    """Return the context of `reports/answer`, a reply in the thread of a report."""
    return {
        "question": question,
        "answer": plain_text(answered.text),
        "total": answered.total,
        "traced": answered.traced,
        "by": answered.by,
        "asked_by": asked_by if asked_by and is_slack_user_id(asked_by) else None,
    }

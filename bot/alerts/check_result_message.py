"""The results of a check as one message to an incoming webhook of Slack."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp

from bot.alerts.check_run import Checked
from bot.alerts.trouble_queries import Trouble
from bot.messages.rendering.renderer import Rendered
from bot.tasks.display import epoch
from bot.tasks.models import Task

_MAX_REPORTED = 20
_SHOWN_BYTES = 200
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_LogUrl = Callable[[Task, datetime], str | None]


def check_context(checked: Checked, now: datetime, log_url: _LogUrl) -> dict[str, Any]:
    """Return what `templates/alerts/report.json` is filled with."""
    return {
        "failed_count": len(checked.failed),
        "stuck_count": len(checked.stuck),
        "failed": [_report_line(one, now, log_url) for one in checked.failed[:_MAX_REPORTED]],
        "stuck": [_report_line(one, now, log_url) for one in checked.stuck[:_MAX_REPORTED]],
        "reported_at": epoch(now),
    }


def _report_line(trouble: Trouble, now: datetime, log_url: _LogUrl) -> dict[str, Any]:
    """Return one task as the report shows it."""
    task = trouble.task
    if trouble.facts:
        return trouble.facts
    if task is None:
        return {"task": trouble.group.task}
    return {
        "task_id": task.id,
        "task": task.task,
        "status": str(task.status),
        "created_at": epoch(task.created_at),
        "error": task.error,
        "log_url": log_url(task, now),
    }


async def post_report(url: str, report: Rendered, proxy: str | None = None) -> str | None:
    """Post it, perhaps through a *proxy*; return None, or in words why it could not be."""
    body = {"text": report.text, "blocks": report.blocks}
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=False) as session,
            session.post(url, json=body, proxy=proxy, allow_redirects=False) as response,
        ):
            if response.status == 200:
                return None
            said = (await response.content.read(_SHOWN_BYTES)).decode(errors="replace")
            return f"the webhook answered {response.status}: {said}"
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return f"the webhook cannot be reached: {type(error).__name__}"

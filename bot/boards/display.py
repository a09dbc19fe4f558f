"""What a board shows: the context of `templates/boards/board.json`. Pure."""

from collections.abc import Sequence
from typing import Any

from bot.tasks.display import epoch
from bot.tasks.models import Task

#: Lines of a board; the others are counted.
SHOWN_TASKS = 50


def task_board_context(
    tasks: Sequence[tuple[Task, str | None]], counts: dict[str, int], workspace_url: str | None
) -> dict[str, Any]:
    """
    Return what the board is filled with; *tasks* come with the places of their messages.

    Nothing in it changes by itself as time goes by, or each look would be an edit.
    """
    return {
        "is_on": True,
        "running": counts.get("running", 0),
        "queued": counts.get("queued", 0),
        "tasks": [_live_task_line(task, ts, workspace_url) for task, ts in tasks[:SHOWN_TASKS]],
    }


def _live_task_line(task: Task, ts: str | None, workspace_url: str | None) -> dict[str, Any]:
    return {
        "task": task.task,
        "subject": task.subject,
        "status": str(task.status),
        "attempt": task.attempt,
        "progress": task.progress,
        "progress_note": task.progress_note,
        "since": epoch(task.started_at or task.created_at),
        "url": f"{workspace_url.rstrip('/')}/archives/{task.channel}/p{ts.replace('.', '')}"
        if ts and workspace_url
        else None,
    }

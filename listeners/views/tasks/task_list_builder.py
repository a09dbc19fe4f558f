"""The answer to `/ops task list`."""

from collections.abc import Sequence
from typing import Any

from bot.tasks.models import Task
from listeners.views import rich_text_parts
from listeners.views.tasks.task_words import face, message_url, name, next_command

_NAME_CHARACTERS = 80


def build_task_list(
    found: Sequence[tuple[Task, str | None]], *, which: str | None, workspace_url: str, limit: int
) -> dict[str, Any]:
    """Return an ephemeral answer with two lines per task: what it is, and the next command."""
    heading = f"{which.capitalize()} tasks" if which else "Newest tasks"
    if not found:
        words = f"No {which} tasks." if which else "No tasks yet. Start one with `/ops task run`."
        return {"response_type": "ephemeral", "text": words}
    lines = [_task_line(task, ts, workspace_url) for task, ts in found]
    if len(found) == limit:
        lines.append(
            rich_text_parts.section(rich_text_parts.text_part(f"Showing the newest {limit}."))
        )
    top = rich_text_parts.section(rich_text_parts.text_part(heading, bold=True))
    return {
        "response_type": "ephemeral",
        "text": f"{heading}: {len(found)}",
        "blocks": [rich_text_parts.rich_text(top, *lines)],
    }


def _task_line(task: Task, ts: str | None, workspace_url: str) -> dict[str, Any]:
    url = message_url(task, ts, workspace_url)
    return rich_text_parts.section(
        rich_text_parts.text_part(f"{face(task)}  "),
        rich_text_parts.text_part(name(task), _NAME_CHARACTERS, bold=True),
        rich_text_parts.text_part(" · "),
        rich_text_parts.date_part(task.updated_at, "{ago}"),
        *(
            [rich_text_parts.text_part(" · "), rich_text_parts.link_part(url, "message")]
            if url
            else []
        ),
        rich_text_parts.text_part("\n"),
        rich_text_parts.text_part(next_command(task), 250, code=True),
    )

"""The answer to `/ops task list`."""

from collections.abc import Sequence
from typing import Any

from bot.tasks.models import Task
from listeners.views import literal
from listeners.views.task_words import face, message_url, name, next_command

NAME_CHARACTERS = 80


def build_task_list(
    found: Sequence[tuple[Task, str | None]], *, which: str | None, workspace_url: str, most: int
) -> dict[str, Any]:
    """Return an ephemeral answer with two lines per task: what it is, and the next command."""
    heading = f"{which.capitalize()} tasks" if which else "Newest tasks"
    if not found:
        words = f"No {which} tasks." if which else "No tasks yet. Start one with `/ops task run`."
        return {"response_type": "ephemeral", "text": words}
    lines = [line(task, ts, workspace_url) for task, ts in found]
    if len(found) == most:
        lines.append(literal.section(literal.text(f"Showing the newest {most}.")))
    top = literal.section(literal.text(heading, bold=True))
    return {
        "response_type": "ephemeral",
        "text": f"{heading}: {len(found)}",
        "blocks": [literal.rich_text(top, *lines)],
    }


def line(task: Task, ts: str | None, workspace_url: str) -> dict[str, Any]:
    url = message_url(task, ts, workspace_url)
    return literal.section(
        literal.text(f"{face(task)}  "),
        literal.text(name(task), NAME_CHARACTERS, bold=True),
        literal.text(" · "),
        literal.date(task.updated_at, "{ago}"),
        *([literal.text(" · "), literal.link(url, "message")] if url else []),
        literal.text("\n"),
        literal.text(next_command(task), 250, code=True),
    )

"""The modal behind *View Logs* of a task whose log has no address."""

from typing import Any

from bot.tasks.logs import LogTail
from bot.tasks.models import Task
from listeners.views import rich_text_parts
from listeners.views.case_file_button import case_file_button

LOG_TITLE = "Logs"
#: What one preformatted text of a modal shows without trouble.
SHOWN_CHARACTERS = 2_900
NOTHING = "No lines of this attempt are kept."


def build_task_log(task: Task, tail: LogTail) -> dict[str, Any]:
    """Return a modal with the last lines of the newest attempt."""
    name = f"{task.task}{f' · {task.subject}' if task.subject else ''}, attempt {task.attempt}"
    blocks = [
        rich_text_parts.rich_text(
            rich_text_parts.section(rich_text_parts.text_part(name, bold=True))
        )
    ]
    if tail.before:
        earlier = f"The last lines; {tail.before:,} came before them."
        blocks.append(
            rich_text_parts.rich_text(rich_text_parts.section(rich_text_parts.text_part(earlier)))
        )
    lines = rich_text_parts.preformatted(tail.text or NOTHING, SHOWN_CHARACTERS)
    blocks += [rich_text_parts.rich_text(lines), case_file_button(task.id)]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": LOG_TITLE},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }

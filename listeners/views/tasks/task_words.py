"""Names, symbols (those of `templates/tasks/task.json`) and next commands of tasks."""

from bot.messages.rendering.escaping import clean
from bot.tasks.models import LIVE, RETRYABLE, Task, TaskStatus
from listeners.word_splitting import as_word

_FACES = {
    TaskStatus.QUEUED: "⏳",
    TaskStatus.RUNNING: "▶️",
    TaskStatus.COMPLETED: "✅",
    TaskStatus.FAILED: "❌",
    TaskStatus.CANCELLED: "⏹️",
    TaskStatus.LOST: "❔",
}


def face(task: Task) -> str:
    """Return the symbol and the word, e.g. `❌ Failed`."""
    return f"{_FACES[TaskStatus(task.status)]} {str(task.status).capitalize()}"


def name(task: Task) -> str:
    """Return kind and subject."""
    shown = f"{task.task} · {task.subject}" if task.subject else task.task
    return clean(shown).strip() or task.id


def next_command(task: Task) -> str:
    """Return the command that acts on the task, or shows it if there is nothing to do."""
    verb = "show"
    if task.status in LIVE:
        verb = "cancel"
    elif task.status in RETRYABLE and task.runner:
        verb = "retry"
    return f"/ops task {verb} {as_word(task.id)}"


def message_url(task: Task, ts: str | None, workspace_url: str) -> str | None:
    """
    Return the address of the task's message, or None while Slack has not got it.

    It has the form that chat.getPermalink answers; a call for each line of a list would be slow.
    """
    return place_url(workspace_url, task.channel, ts)


def place_url(workspace_url: str, channel: str, ts: str | None) -> str | None:
    """Return the address of a message, or None while Slack has not got it."""
    if ts is None or not workspace_url:
        return None
    return f"{workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"

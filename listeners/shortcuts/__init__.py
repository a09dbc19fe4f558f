"""Shortcuts, global and on messages."""

from slack_bolt.async_app import AsyncApp

from listeners.fallback import ANYTHING, handle_unknown_shortcut
from listeners.shortcuts.new_report import handle_new_report
from listeners.shortcuts.run_task import handle_run_task_shortcut
from listeners.shortcuts.why import handle_why_shortcut


def register(app: AsyncApp) -> None:
    """Handle our shortcuts, and any other with an apology."""
    app.global_shortcut("run_task")(handle_run_task_shortcut)
    app.global_shortcut("new_report")(handle_new_report)
    app.message_shortcut("why")(handle_why_shortcut)
    app.shortcut(ANYTHING)(handle_unknown_shortcut)

"""Shortcuts, from the search bar and from a message's menu."""

from slack_bolt.async_app import AsyncApp

from listeners.shortcuts.run_task import handle_run_task_shortcut
from listeners.shortcuts.why import handle_why_shortcut
from listeners.strays import ANYTHING, handle_stray_shortcut


def register(app: AsyncApp) -> None:
    """Take our shortcuts, and every other with a word of regret."""
    app.global_shortcut("run_task")(handle_run_task_shortcut)
    app.message_shortcut("why")(handle_why_shortcut)
    app.shortcut(ANYTHING)(handle_stray_shortcut)

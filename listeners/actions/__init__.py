"""Buttons in messages."""

from slack_bolt.async_app import AsyncApp

from listeners.actions.delivery import handle_delivery_replay_action
from listeners.actions.leaderboard import handle_leaderboard_subject_action
from listeners.actions.task import (
    handle_link_action,
    handle_task_cancel_action,
    handle_task_retry_action,
)
from listeners.strays import ANYTHING, handle_stray_action, handle_stray_options


def register(app: AsyncApp) -> None:
    """Take the buttons of our templates, and every other with a word of regret."""
    app.action("task_retry")(handle_task_retry_action)
    app.action("task_cancel")(handle_task_cancel_action)
    app.action("task_logs")(handle_link_action)
    app.action("task_grafana")(handle_link_action)
    app.action("delivery_replay")(handle_delivery_replay_action)
    app.action("leaderboard_subject")(handle_leaderboard_subject_action)
    app.action(ANYTHING)(handle_stray_action)
    app.options(ANYTHING)(handle_stray_options)

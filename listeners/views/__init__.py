"""Submitted modals. What modals and answers look like is in the `*_builder` modules."""

from slack_bolt.async_app import AsyncApp

from listeners.strays import ANYTHING, handle_stray_close, handle_stray_submission
from listeners.views import retry_task_builder, run_task_builder
from listeners.views.retry_task import handle_retry_task_submission
from listeners.views.run_task import handle_run_task_submission


def register(app: AsyncApp) -> None:
    """Take the submissions of our modals, and every other with a word of regret."""
    app.view_submission(retry_task_builder.CALLBACK_ID)(handle_retry_task_submission)
    app.view_submission(run_task_builder.CALLBACK_ID)(handle_run_task_submission)
    app.view_submission(ANYTHING)(handle_stray_submission)
    app.view_closed(ANYTHING)(handle_stray_close)

"""Submitted modals. The `*_builder` modules make modals and answers."""

from slack_bolt.async_app import AsyncApp

from listeners.fallback import ANYTHING, handle_unknown_close, handle_unknown_submission
from listeners.views.home import preferences_builder, subscribe_builder
from listeners.views.home.home_forms import (
    handle_preferences_submission,
    handle_subscribe_submission,
)
from listeners.views.reports.ask_form import handle_report_ask_submission
from listeners.views.reports.form_builder import REPORT_FORM
from listeners.views.reports.report_forms import handle_report_submission
from listeners.views.reports.run_builder import ASK_FORM
from listeners.views.tasks import retry_task_builder, run_task_builder
from listeners.views.tasks.retry_task import handle_retry_task_submission
from listeners.views.tasks.run_task import handle_run_task_submission


def register(app: AsyncApp) -> None:
    """Handle the submissions of our modals, and any other with an apology."""
    app.view_submission(retry_task_builder.RETRY_TASK)(handle_retry_task_submission)
    app.view_submission(run_task_builder.RUN_TASK)(handle_run_task_submission)
    app.view_submission(subscribe_builder.SUBSCRIBE)(handle_subscribe_submission)
    app.view_submission(preferences_builder.PREFERENCES)(handle_preferences_submission)
    app.view_submission(REPORT_FORM)(handle_report_submission)
    app.view_submission(ASK_FORM)(handle_report_ask_submission)
    app.view_submission(ANYTHING)(handle_unknown_submission)
    app.view_closed(ANYTHING)(handle_unknown_close)

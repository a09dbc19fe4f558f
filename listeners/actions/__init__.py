"""Buttons in messages."""

from slack_bolt.async_app import AsyncApp

from listeners.actions.alert import (
    handle_alert_acknowledge_action,
    handle_alert_more_action,
    handle_alert_mute_action,
    handle_alert_retry_action,
    handle_alert_snooze_action,
)
from listeners.actions.case_file import handle_case_file_action
from listeners.actions.delivery import handle_delivery_replay_action
from listeners.actions.home import (
    handle_home_end_silence_action,
    handle_home_leaderboard_action,
    handle_home_preferences_action,
    handle_home_refresh_action,
    handle_home_replay_action,
    handle_home_run_task_action,
    handle_home_subscribe_action,
    handle_home_unsubscribe_action,
)
from listeners.actions.leaderboard import handle_leaderboard_subject_action
from listeners.actions.report import (
    handle_report_ask_action,
    handle_report_edit_action,
    handle_report_pause_action,
    handle_report_query_action,
    handle_report_recompute_action,
    handle_report_resume_action,
    handle_report_retry_action,
    handle_report_rows_action,
    handle_report_run_action,
    handle_report_take_over_action,
)
from listeners.actions.task import (
    handle_link_action,
    handle_task_cancel_action,
    handle_task_log_lines_action,
    handle_task_retry_action,
)
from listeners.admission import LINK_ACTIONS
from listeners.fallback import ANYTHING, handle_unknown_action, handle_unknown_options
from listeners.shortcuts.new_report import handle_new_report
from listeners.views.reports.report_forms import (
    handle_report_form_action,
    handle_report_preview_action,
)


def register(app: AsyncApp) -> None:
    """Handle the buttons of our templates, and any other with an apology."""
    app.action("task_retry")(handle_task_retry_action)
    app.action("task_cancel")(handle_task_cancel_action)
    app.action("task_log_lines")(handle_task_log_lines_action)
    for action_id in LINK_ACTIONS:
        app.action(action_id)(handle_link_action)
    app.action("alert_acknowledge")(handle_alert_acknowledge_action)
    app.action("alert_snooze")(handle_alert_snooze_action)
    app.action("alert_mute")(handle_alert_mute_action)
    app.action("alert_retry")(handle_alert_retry_action)
    app.action("alert_more")(handle_alert_more_action)
    app.action("case_file")(handle_case_file_action)
    app.action("delivery_replay")(handle_delivery_replay_action)
    app.action("leaderboard_subject")(handle_leaderboard_subject_action)
    _register_reports(app)
    app.action("home_replay")(handle_home_replay_action)
    app.action("home_end_silence")(handle_home_end_silence_action)
    app.action("home_unsubscribe")(handle_home_unsubscribe_action)
    app.action("home_subscribe")(handle_home_subscribe_action)
    app.action("home_preferences")(handle_home_preferences_action)
    app.action("home_run_task")(handle_home_run_task_action)
    app.action("home_leaderboard")(handle_home_leaderboard_action)
    app.action("home_refresh")(handle_home_refresh_action)
    app.action(ANYTHING)(handle_unknown_action)
    app.options(ANYTHING)(handle_unknown_options)


def _register_reports(app: AsyncApp) -> None:
    app.action("report_run")(handle_report_run_action)
    app.action("report_retry")(handle_report_retry_action)
    app.action("report_edit")(handle_report_edit_action)
    app.action("report_pause")(handle_report_pause_action)
    app.action("report_resume")(handle_report_resume_action)
    app.action("report_take_over")(handle_report_take_over_action)
    app.action("report_ask")(handle_report_ask_action)
    app.action("report_rows")(handle_report_rows_action)
    app.action("report_query")(handle_report_query_action)
    app.action("report_recompute")(handle_report_recompute_action)
    app.action("report_frequency")(handle_report_form_action)
    app.action("report_where")(handle_report_form_action)
    app.action("report_preview")(handle_report_preview_action)
    app.action("home_new_report")(handle_new_report)

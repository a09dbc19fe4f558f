"""
The table of tools: what an assistant may ask for, with which scope.

A tool calls the handlers of the HTTP API, so it shows and changes nothing that the same token could
not see and change there.
"""

from collections.abc import Sequence

from bot.http.mcp.read_tools import (
    failed_tasks,
    found_alerts,
    found_tasks,
    leaderboard_week,
    message_story,
    one_task,
    told_health,
)
from bot.http.mcp.report_tools import latest_report, next_reports
from bot.http.mcp.retry_tool import retry_confirmed
from bot.http.mcp.tool import Tool
from bot.http.schemas import mcp as arguments

TOOLS: Sequence[Tool] = (
    Tool(
        "tasks_failed",
        "Failed tasks",
        "List the tasks that failed lately, the newest first, with their errors.",
        arguments.FailedTasksWanted,
        failed_tasks,
        "tasks:read",
    ),
    Tool(
        "tasks_list",
        "Tasks",
        "List tasks by status, kind, subject and time of their last change.",
        arguments.ListedTasksWanted,
        found_tasks,
        "tasks:read",
    ),
    Tool(
        "task_show",
        "One task",
        "Show all that is known of one task, and the timeline of its message.",
        arguments.OneTaskWanted,
        one_task,
        "tasks:read",
    ),
    Tool(
        "message_why",
        "Why was this message sent?",
        "Show who asked for a message, every call to Slack, what Slack answered, and the fix.",
        arguments.MessageStoryWanted,
        message_story,
        "messages:read",
    ),
    Tool(
        "alerts_list",
        "Alerts",
        "List alerts; those that are not resolved unless a state is given.",
        arguments.AlertsListWanted,
        found_alerts,
        "alerts:read",
    ),
    Tool(
        "leaderboard_show",
        "Leaderboard",
        "Show the ranking of a leaderboard for a week.",
        arguments.LeaderboardWanted,
        leaderboard_week,
        "leaderboards:read",
    ),
    Tool(
        "reports_next",
        "Next reports",
        "List which scheduled reports run next, the soonest first.",
        arguments.NextReportsWanted,
        next_reports,
        "reports:read",
    ),
    Tool(
        "report_latest",
        "Latest report",
        "Show what a report said in its newest completed run, with the figures and the rows.",
        arguments.LatestReportWanted,
        latest_report,
        "reports:read",
    ),
    Tool(
        "health",
        "Health",
        "Tell whether Opsbell, its database, its connection to Slack and its lanes work.",
        arguments.NothingWanted,
        told_health,
    ),
    Tool(
        "task_retry",
        "Retry a task",
        "Start the next attempt of a task that failed, was cancelled or got lost. The first call "
        "does nothing and returns a confirmation code; a second call with it performs the retry.",
        arguments.RetryWanted,
        retry_confirmed,
        "tasks:write",
        is_read_only=False,
    ),
)

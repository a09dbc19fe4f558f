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
        "What failed lately? Lists the failed tasks of the last 24 hours, or of since_minutes, the "
        "newest first, with their errors, and the ids that task_show and task_retry take.",
        arguments.FailedTasksWanted,
        failed_tasks,
        "tasks:read",
    ),
    Tool(
        "tasks_list",
        "Tasks",
        "What runs, waits or is done? Lists tasks by status, kind, subject and time of their last "
        "change, the newest first. For failures use tasks_failed.",
        arguments.ListedTasksWanted,
        found_tasks,
        "tasks:read",
    ),
    Tool(
        "task_show",
        "One task",
        "Why did this task fail, or how far is it? Shows all that is known of one task by its id: "
        "status, progress, error, links, attempts, and the timeline of its message in Slack.",
        arguments.OneTaskWanted,
        one_task,
        "tasks:read",
    ),
    Tool(
        "message_why",
        "Why was this message sent?",
        "Why was a message sent, or why did it not arrive in Slack? Shows who asked for it, every "
        "call to Slack, what Slack answered, and the fix. For a task use task_show.",
        arguments.MessageStoryWanted,
        message_story,
        "messages:read",
    ),
    Tool(
        "alerts_list",
        "Alerts",
        "What is wrong now? Lists the incidents about failed, stuck, missed or lost tasks that are "
        "not resolved, or those of one state.",
        arguments.AlertsListWanted,
        found_alerts,
        "alerts:read",
    ),
    Tool(
        "leaderboard_show",
        "Leaderboard",
        "Shows the ranking of a leaderboard for a week, with the change to the week before.",
        arguments.LeaderboardWanted,
        leaderboard_week,
        "leaderboards:read",
    ),
    Tool(
        "reports_next",
        "Next reports",
        "Which scheduled reports run next, and when? The soonest first, with their names and ids.",
        arguments.NextReportsWanted,
        next_reports,
        "reports:read",
    ),
    Tool(
        "report_latest",
        "Latest report",
        "What did a report say? Shows its newest completed run by the report's name or id: the "
        "narrative, the figures and the first rows.",
        arguments.LatestReportWanted,
        latest_report,
        "reports:read",
    ),
    Tool(
        "health",
        "Health",
        "Does Opsbell itself work? Its database, its connection to Slack and its deliveries; "
        "nothing about tasks.",
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

"""The tools that read: each calls a handler of the HTTP API."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.http.handlers.alerts import list_alerts
from bot.http.handlers.health import show_health
from bot.http.handlers.leaderboards import show_leaderboard
from bot.http.handlers.messages import show_message
from bot.http.handlers.tasks import list_matching_tasks, show_task
from bot.http.mcp.slack_blocks import alert_line, event_summary, listed_blocks, rank_line, task_line
from bot.http.mcp.tool import ToolResult
from bot.http.route_types import Call
from bot.http.schemas import mcp as arguments
from bot.http.schemas.alerts import AlertFilter
from bot.http.schemas.leaderboards import WeekFilter
from bot.http.schemas.tasks import TaskFilter
from bot.messages.rendering.truncation import truncate
from bot.sql import fast_json

#: Newest events that are shown of a timeline: an assistant reads every word.
_TIMELINE_EVENTS = 50
#: Fifty tasks with all that they may hold would be megabytes.
_LISTED_CHARACTERS = 500
_UNRESOLVED = ("open", "acknowledged", "snoozed")


async def failed_tasks(call: Call, wanted: arguments.FailedTasksWanted) -> ToolResult:
    """Return the tasks that failed lately."""
    query = TaskFilter(
        status="failed", task=wanted.task, since_minutes=wanted.since_minutes, limit=wanted.limit
    )
    return await _listed_tasks(call, query, "failed tasks")


async def found_tasks(call: Call, wanted: arguments.ListedTasksWanted) -> ToolResult:
    """Return the tasks that match."""
    query = TaskFilter(**wanted.model_dump(exclude_none=True))
    return await _listed_tasks(call, query, f"{wanted.status or 'recent'} tasks")


async def _listed_tasks(call: Call, query: TaskFilter, what: str) -> ToolResult:
    data = (await list_matching_tasks(replace(call, query=query))).body
    data["tasks"] = [_in_short(task) for task in data["tasks"]]
    heading = f"{len(data['tasks'])} {what}"
    blocks = listed_blocks(heading, [task_line(task) for task in data["tasks"]])
    return ToolResult(data, f"{heading}.", blocks)


def _in_short(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task for a list, which an assistant reads whole: what is long is cut."""
    return {name: _shortened_value(value) for name, value in task.items()}


def _shortened_value(value: Any) -> Any:
    if isinstance(value, str):
        return truncate(value, _LISTED_CHARACTERS)
    is_long = isinstance(value, dict | list) and len(fast_json.text(value)) > _LISTED_CHARACTERS
    return "… too long for a list: task_show has it" if is_long else value


async def one_task(call: Call, wanted: arguments.OneTaskWanted) -> ToolResult:
    """Return a task with the newest part of its timeline."""
    data = (await show_task(replace(call, path={"id": wanted.id}))).body
    data["timelineIsCut"] |= len(data["timeline"]) > _TIMELINE_EVENTS
    data["timeline"] = data["timeline"][-_TIMELINE_EVENTS:]
    events = [event_summary(event) for event in data["timeline"]]
    summary = f"Task {data['taskId']} is {data['status']}, attempt {data['attempt']}."
    return ToolResult(data, summary, listed_blocks(task_line(data), events))


async def message_story(call: Call, wanted: arguments.MessageStoryWanted) -> ToolResult:
    """Return the history of a message, with the fix if it needs one."""
    path = {"correlationId": wanted.correlation_id}
    data = (await show_message(replace(call, path=path))).body
    data["events"] = data["events"][-_TIMELINE_EVENTS:]
    fix = f" Fix: {data['fix']}" if data["fix"] else ""
    heading = f"Message {data['messageId']}: {data['status']}"
    events = [event_summary(event) for event in data["events"]]
    return ToolResult(data, f"{heading}.{fix}", listed_blocks(heading, events))


async def found_alerts(call: Call, wanted: arguments.AlertsListWanted) -> ToolResult:
    """Return the alerts that match; those that are not resolved unless a state is given."""
    found: list[dict[str, Any]] = []
    for state in (wanted.state,) if wanted.state else _UNRESOLVED:
        query = AlertFilter(state=state, task=wanted.task, limit=wanted.limit)
        found += (await list_alerts(replace(call, query=query))).body["alerts"]
    shown = found[: wanted.limit]
    heading = f"{len(shown)} alerts"
    blocks = listed_blocks(heading, [alert_line(alert) for alert in shown])
    return ToolResult({"alerts": shown}, f"{heading}.", blocks)


async def told_health(call: Call, _wanted: arguments.NothingWanted) -> ToolResult:
    """Return whether everything works, for the tenant."""
    data = (await show_health(call)).body
    heading = "Everything works" if data["ready"] else "Something needs attention"
    lanes = [f"{one['workspaceId']}: {one['state']} {one['reason']}" for one in data["lanes"]]
    return ToolResult(data, f"{heading}.", listed_blocks(heading, lanes))


async def leaderboard_week(call: Call, wanted: arguments.LeaderboardWanted) -> ToolResult:
    """Return the ranking of a week."""
    asked = replace(call, path={"name": wanted.name}, query=WeekFilter(week=wanted.week))
    data = (await show_leaderboard(asked)).body
    heading = f"Leaderboard {data['name']}, week {data['week']}"
    return ToolResult(
        data, f"{heading}.", listed_blocks(heading, [rank_line(row) for row in data["rows"]])
    )

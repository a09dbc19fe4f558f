"""
The table of tools: what an assistant may ask for, with which scope.

A tool calls the handlers of the HTTP API, so it shows and changes nothing that the same token could
not see and change there.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from pydantic import BaseModel

from bot.errors import ConflictError
from bot.http.handlers.alerts import list_alerts
from bot.http.handlers.health import show_health
from bot.http.handlers.leaderboards import show_leaderboard
from bot.http.handlers.messages import show_message
from bot.http.handlers.tasks import list_matching_tasks, retry_task, show_task
from bot.http.mcp.blocks import alert_line, event_summary, listed_blocks, rank_line, task_line
from bot.http.mcp.confirmations import Confirmations
from bot.http.routing import Call
from bot.http.schemas import mcp as arguments
from bot.http.schemas.alerts import AlertFilter
from bot.http.schemas.leaderboards import WeekFilter
from bot.http.schemas.tasks import RetryTask, TaskFilter
from bot.tasks.models import RETRYABLE

logger = structlog.get_logger(__name__)

#: Newest events that are shown of a timeline: an assistant reads every word.
_TIMELINE_EVENTS = 50
_UNRESOLVED = ("open", "acknowledged", "snoozed")
_AUDIT_SUFFIX = "(confirmed through an assistant)"


@dataclass(frozen=True)
class ToolResult:
    """The data for programs, a sentence, and Block Kit for an assistant inside Slack."""

    data: dict[str, Any]
    summary: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True)
class Tool:
    """A tool; `scope` None: any token will do. `run` gets the call and an `arguments` model."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Call, Any], Awaitable[ToolResult]]
    scope: str | None = None
    is_read_only: bool = True

    def described(self) -> dict[str, Any]:
        """Return the tool as `tools/list` shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.arguments.model_json_schema(by_alias=False),
            "annotations": {
                "readOnlyHint": self.is_read_only,
                "destructiveHint": not self.is_read_only,
                "idempotentHint": self.is_read_only,
                "openWorldHint": False,
            },
        }


async def _list_failed(call: Call, wanted: arguments.FailedTasksWanted) -> ToolResult:
    query = TaskFilter(
        status="failed", task=wanted.task, since_minutes=wanted.since_minutes, limit=wanted.limit
    )
    return await _listed_tasks(call, query, "failed tasks")


async def _list_tasks(call: Call, wanted: arguments.ListedTasksWanted) -> ToolResult:
    query = TaskFilter(**wanted.model_dump(exclude_none=True))
    return await _listed_tasks(call, query, f"{wanted.status or 'recent'} tasks")


async def _listed_tasks(call: Call, query: TaskFilter, what: str) -> ToolResult:
    data = (await list_matching_tasks(replace(call, query=query))).body
    heading = f"{len(data['tasks'])} {what}"
    blocks = listed_blocks(heading, [task_line(task) for task in data["tasks"]])
    return ToolResult(data, f"{heading}.", blocks)


async def _show_one_task(call: Call, wanted: arguments.OneTaskWanted) -> ToolResult:
    data = (await show_task(replace(call, path={"id": wanted.id}))).body
    data["timelineIsCut"] |= len(data["timeline"]) > _TIMELINE_EVENTS
    data["timeline"] = data["timeline"][-_TIMELINE_EVENTS:]
    events = [event_summary(event) for event in data["timeline"]]
    return ToolResult(data, f"{task_line(data)}.", listed_blocks(task_line(data), events))


async def _tell_why(call: Call, wanted: arguments.MessageStoryWanted) -> ToolResult:
    path = {"correlationId": wanted.correlation_id}
    data = (await show_message(replace(call, path=path))).body
    data["events"] = data["events"][-_TIMELINE_EVENTS:]
    fix = f" Fix: {data['fix']}" if data["fix"] else ""
    heading = f"Message {data['messageId']}: {data['status']}"
    events = [event_summary(event) for event in data["events"]]
    return ToolResult(data, f"{heading}.{fix}", listed_blocks(heading, events))


async def _list_alerts(call: Call, wanted: arguments.AlertsListWanted) -> ToolResult:
    found: list[dict[str, Any]] = []
    for state in (wanted.state,) if wanted.state else _UNRESOLVED:
        query = AlertFilter(state=state, task=wanted.task, limit=wanted.limit)
        found += (await list_alerts(replace(call, query=query))).body["alerts"]
    shown = found[: wanted.limit]
    heading = f"{len(shown)} alerts"
    blocks = listed_blocks(heading, [alert_line(alert) for alert in shown])
    return ToolResult({"alerts": shown}, f"{heading}.", blocks)


async def _tell_health(call: Call, _wanted: arguments.NothingWanted) -> ToolResult:
    data = (await show_health(call)).body
    heading = "Everything works" if data["ready"] else "Something needs attention"
    lanes = [f"{one['workspaceId']}: {one['state']} {one['reason']}" for one in data["lanes"]]
    return ToolResult(data, f"{heading}.", listed_blocks(heading, lanes))


async def _show_board(call: Call, wanted: arguments.LeaderboardWanted) -> ToolResult:
    asked = replace(call, path={"name": wanted.name}, query=WeekFilter(week=wanted.week))
    data = (await show_leaderboard(asked)).body
    heading = f"Leaderboard {data['name']}, week {data['week']}"
    return ToolResult(
        data, f"{heading}.", listed_blocks(heading, [rank_line(row) for row in data["rows"]])
    )


async def _retry(call: Call, wanted: arguments.RetryWanted) -> ToolResult:
    """Return a confirmation code at first; with it, start the next attempt."""
    confirmations = Confirmations(call.services.database, call.services.clock)
    caller = call.caller
    if wanted.confirmation is None:
        return await _ask_to_retry(call, wanted, confirmations)
    attempt, reason = await confirmations.take(
        caller.tenant, caller.subject, wanted.id, wanted.confirmation
    )
    body = RetryTask(
        attempt=attempt, reason=f"{reason} {_AUDIT_SUFFIX}" if reason else _AUDIT_SUFFIX
    )
    data = (await retry_task(replace(call, path={"id": wanted.id}, body=body))).body
    logger.info(
        "assistant_retried_task",
        tenant=caller.tenant,
        subject=caller.subject,
        task_id=wanted.id,
        attempt=data["attempt"],
    )
    heading = f"Queued: {task_line(data)}"
    return ToolResult({"done": True, "task": data}, f"{heading}.", listed_blocks(heading, []))


async def _ask_to_retry(
    call: Call, wanted: arguments.RetryWanted, confirmations: Confirmations
) -> ToolResult:
    """Return what would be done and the code that does it; raise `ConflictError` if it cannot."""
    task, _ = await call.services.tasks.get(await call.owner(), wanted.id)
    if task.status not in RETRYABLE or task.runner is None:
        why = "it has no runner" if task.status in RETRYABLE else f"it is {task.status}"
        raise ConflictError(f"Task `{task.id}` cannot be retried: {why}.")
    code, expires_at = await confirmations.ask(
        call.caller.tenant, call.caller.subject, task.id, task.attempt, wanted.reason
    )
    what = f"Start attempt {task.attempt + 1} of {task.task} ({task.id})?"
    data = {
        "done": False,
        "question": what,
        "confirmation": code,
        "expires_at": expires_at.isoformat(),
    }
    how = "Nothing was done yet. Ask the person; if they agree, call task_retry again with"
    return ToolResult(data, f"{what} {how} confirmation={code}.", listed_blocks(what, []))


TOOLS: Sequence[Tool] = (
    Tool(
        "tasks_failed",
        "Failed tasks",
        "List the tasks that failed lately, the newest first, with their errors.",
        arguments.FailedTasksWanted,
        _list_failed,
        "tasks:read",
    ),
    Tool(
        "tasks_list",
        "Tasks",
        "List tasks by status, kind, subject and time of their last change.",
        arguments.ListedTasksWanted,
        _list_tasks,
        "tasks:read",
    ),
    Tool(
        "task_show",
        "One task",
        "Show all that is known of one task, and the timeline of its message.",
        arguments.OneTaskWanted,
        _show_one_task,
        "tasks:read",
    ),
    Tool(
        "message_why",
        "Why was this message sent?",
        "Show who asked for a message, every call to Slack, what Slack answered, and the fix.",
        arguments.MessageStoryWanted,
        _tell_why,
        "messages:read",
    ),
    Tool(
        "alerts_list",
        "Alerts",
        "List alerts; those that are not resolved unless a state is given.",
        arguments.AlertsListWanted,
        _list_alerts,
        "alerts:read",
    ),
    Tool(
        "leaderboard_show",
        "Leaderboard",
        "Show the ranking of a leaderboard for a week.",
        arguments.LeaderboardWanted,
        _show_board,
        "leaderboards:read",
    ),
    Tool(
        "health",
        "Health",
        "Tell whether Opsbell, its database, its connection to Slack and its lanes work.",
        arguments.NothingWanted,
        _tell_health,
    ),
    Tool(
        "task_retry",
        "Retry a task",
        "Start the next attempt of a task that failed, was cancelled or got lost. The first call "
        "does nothing and returns a confirmation code; a second call with it performs the retry.",
        arguments.RetryWanted,
        _retry,
        "tasks:write",
        is_read_only=False,
    ),
)

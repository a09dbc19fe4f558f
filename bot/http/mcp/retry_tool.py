"""The tool that changes something: a retry, in two calls."""

from dataclasses import replace

import structlog

from bot.errors import ConflictError
from bot.http.handlers.tasks import retry_task
from bot.http.mcp.confirmations import Confirmations
from bot.http.mcp.slack_blocks import listed_blocks, task_line
from bot.http.mcp.tool import ToolResult
from bot.http.route_types import Call
from bot.http.schemas import mcp as arguments
from bot.http.schemas.tasks import RetryTask
from bot.tasks.models import RETRYABLE, Task

logger = structlog.get_logger(__name__)

_AUDIT_SUFFIX = "(confirmed through an assistant)"


async def retry_confirmed(call: Call, wanted: arguments.RetryWanted) -> ToolResult:
    """Return a confirmation code at first; with it, start the next attempt."""
    confirmations = Confirmations(call.services.database, call.services.clock)
    caller = call.caller
    task, _ = await call.services.tasks.get(await call.owner(), wanted.id)
    if call.person is not None and call.services.people is not None:
        await call.services.people.require_operator(call.person, task.task)
    if wanted.confirmation is None:
        return await _ask_to_retry(call, task, wanted.reason, confirmations)
    attempt, reason = await confirmations.take(
        caller.tenant, caller.subject, task.id, wanted.confirmation
    )
    body = RetryTask(
        attempt=attempt, reason=f"{reason} {_AUDIT_SUFFIX}" if reason else _AUDIT_SUFFIX
    )
    data = (await retry_task(replace(call, path={"id": task.id}, body=body))).body
    logger.info(
        "assistant_retried_task",
        tenant=caller.tenant,
        subject=caller.subject,
        task_id=task.id,
        attempt=data["attempt"],
    )
    heading = f"Queued: {task_line(data)}"
    summary = f"Attempt {data['attempt']} of {task.id} is queued."
    return ToolResult({"done": True, "task": data}, summary, listed_blocks(heading, []))


async def _ask_to_retry(
    call: Call, task: Task, reason: str | None, confirmations: Confirmations
) -> ToolResult:
    """Return what would be done and the code that does it; raise `ConflictError` if it cannot."""
    if task.status not in RETRYABLE or task.runner is None:
        why = "it has no runner" if task.status in RETRYABLE else f"it is {task.status}"
        raise ConflictError(f"Task `{task.id}` cannot be retried: {why}.")
    code, expires_at = await confirmations.ask(
        call.caller.tenant, call.caller.subject, task.id, task.attempt, reason
    )
    what = f"Start attempt {task.attempt + 1} of {task.task} ({task.id})?"
    data = {
        "done": False,
        "question": what,
        "confirmation": code,
        "expires_at": expires_at.isoformat(),
    }
    # Without the kind, which is free text of another program.
    asked = f"Start attempt {task.attempt + 1} of task {task.id}?"
    how = "Nothing was done yet. Ask the person; if they agree, call task_retry again with"
    return ToolResult(data, f"{asked} {how} confirmation={code}.", listed_blocks(what, []))

"""Reports, heartbeats and log lines that the work itself sends."""

from typing import Any

from bot.config_file import TaskKind
from bot.errors import InvalidError, NotFoundError
from bot.http.channel_lookup import resolve_channel
from bot.http.route_types import Call, Response
from bot.http.schemas.tasks import LogTask, Taken, TakenLines, UpdateTask
from bot.tasks.models import ENDS, TaskStatus
from bot.tasks.updates import StatusReport
from bot.tracing.spans import link_to

TRACEBACK = "Traceback (most recent call last)"
#: What goes on with the line before it, besides what is indented.
CONTINUATIONS = (
    TRACEBACK,
    "Caused by: ",
    "During handling of the above exception",
    "The above exception was the direct cause",
)
LEVELS = ("debug", "info", "warning", "error")


async def update_task(call: Call) -> Response:
    """Accept an orchestrator's report; outdated reports are ignored."""
    body: UpdateTask = call.body
    owner = await call.owner()
    task_id = body.task_id or call.caller.task_id
    channel, problem = body.channel, None
    if channel and body.ts:
        try:
            channel = await resolve_channel(call.services.channels, owner.workspace_id, channel)
        except InvalidError as error:
            channel, problem = None, error  # The id may be enough.
    report = StatusReport(
        status=TaskStatus(body.status),
        task_id=task_id,
        channel=channel,
        ts=body.ts,
        task=body.task,
        subject=body.subject,
        progress=body.progress,
        progress_note=body.progress_note,
        error=body.error,
        attempt=body.attempt,
        seq=body.seq,
        stats=body.stats,
        steps=body.steps,
        log_url=body.log_url,
        grafana_url=body.grafana_url,
        details=body.metadata or {},
    )
    try:
        reported = await call.services.intake.report(
            owner, report, only=call.caller.task_id, once=call.new_id
        )
    except (InvalidError, NotFoundError) as error:
        if problem is not None:
            raise problem from error
        raise
    if reported.correlation_id is not None:
        link_to(reported.correlation_id)
    return Response(Taken.of(reported))


def is_end(body: UpdateTask) -> bool:
    """Tell whether a report contains a final state."""
    return TaskStatus(body.status) in ENDS


async def heartbeat_task(call: Call) -> Response:
    """Take a sign of life; without one for a minute the task counts as lost."""
    intake, only = call.services.intake, call.caller.task_id
    reported = await intake.heartbeat(await call.owner(), call.path["id"], only=only)
    return Response(Taken.of(reported))


async def log_task(call: Call) -> Response:
    """Keep log lines; those of the kind's `log_level` and above go to the task's thread."""
    body: LogTask = call.body
    config = call.services.settings.config.of_tenant(call.caller.tenant)
    now = int(call.services.clock.now().timestamp())
    logged = await call.services.intake.log(
        await call.owner(),
        call.path["id"],
        lambda task: _weighed(body, config.kind(task.task), now),
        only=call.caller.task_id,
    )
    left_out = len(body.lines) - logged.count
    return Response(TakenLines(task_id=logged.task_id, taken=logged.count, left_out=left_out))


def _weighed(body: LogTask, kind: TaskKind, now: int) -> list[dict[str, Any]]:
    """
    Return the lines, each with whether it is loud enough for the thread.

    A line without a level that goes on with the one before it, as those of a traceback do, has its
    level, any other is info; one without a time has the time it came.
    """
    least = LEVELS.index(kind.log_level)
    lines, level, is_in_traceback = [], "info", False
    for line in body.lines:
        goes_on = line.text[:1].isspace() or line.text.startswith(CONTINUATIONS)
        if "level" in line.model_fields_set or not (goes_on or is_in_traceback):
            level = line.level
        is_in_traceback = goes_on and (is_in_traceback or line.text.startswith(TRACEBACK))
        at = now if line.at is None else line.at
        loud = LEVELS.index(level) >= least
        lines.append({"text": line.text, "level": level, "at": at, "loud": loud})
    return lines

"""What the work itself says: reports, heartbeats, log lines."""

from typing import Any

from bot.config_file import TaskKind
from bot.errors import NotFoundError
from bot.http.call import Answer, Call
from bot.http.channel_lookup import resolve_channel
from bot.http.schemas.tasks import LogTask, UpdateTask
from bot.tasks.models import Status
from bot.tasks.updates import Outcome, Report

LEVELS = ("debug", "info", "warning", "error")


async def update_task(call: Call) -> Answer:
    """Take an orchestrator's report; what is older than what is known is ignored."""
    body: UpdateTask = call.body
    owner = await call.owner()
    task_id = reported_task(call, body)
    channel = body.channel
    if task_id is None and channel and body.ts:
        channel = await resolve_channel(call.services.channels, owner.workspace_id, channel)
    reported = await call.services.intake.report(
        owner,
        Report(
            status=Status(body.status),
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
        ),
    )
    return taken(reported.task_id, reported.outcome)


def reported_task(call: Call, body: UpdateTask) -> str | None:
    """Return which task is meant; a token of one task means that one and no other."""
    own = call.caller.task_id
    if own and body.task_id and body.task_id != own:
        raise NotFoundError(f"There is no task `{body.task_id}` for this token.")
    return body.task_id or own


async def heartbeat_task(call: Call) -> Answer:
    """Take a sign of life; without one for a minute the task counts as lost."""
    task_id = call.path["id"]
    return taken(task_id, await call.services.intake.heartbeat(await call.owner(), task_id))


async def log_task(call: Call) -> Answer:
    """Bring log lines into the task's thread, those of its kind's `log_level` and above."""
    body: LogTask = call.body
    owner, task_id = await call.owner(), call.path["id"]
    task, _ = await call.services.tasks.get(owner, task_id)
    now = int(call.services.clock.now().timestamp())
    lines = loud_enough(body, call.services.settings.config.kind(task.task), now)
    count = await call.services.intake.log(owner, task_id, lines)
    left_out = len(body.lines) - count
    return Answer({"ok": True, "taskId": task_id, "taken": count, "leftOut": left_out})


def loud_enough(body: LogTask, kind: TaskKind, now: int) -> list[dict[str, Any]]:
    """Return the lines that go to the thread; one without a time has the time it came."""
    least = LEVELS.index(kind.log_level)
    loud = [line for line in body.lines if LEVELS.index(line.level) >= least]
    return [{**line.model_dump(), "at": now if line.at is None else line.at} for line in loud]


def taken(task_id: str, outcome: Outcome) -> Answer:
    applied = outcome is Outcome.APPLIED
    return Answer(
        {
            "ok": True,
            "taskId": task_id,
            "outcome": "applied" if applied else "ignored",
            "reason": None if applied else str(outcome),
        }
    )

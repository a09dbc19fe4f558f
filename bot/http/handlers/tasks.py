"""Tasks: create, retry, cancel, list, show."""

from datetime import timedelta

from bot.errors import FieldProblem, InvalidError
from bot.http.channel_lookup import resolve_channel
from bot.http.pagination import read_cursor, write_cursor
from bot.http.route_types import Call, Response
from bot.http.schemas.tasks import (
    CreatedTask,
    CreateTask,
    ListedTask,
    RetryTask,
    ShownTask,
    ShownTaskWithTimeline,
    TaskFilter,
    TaskPage,
)
from bot.tasks.creation import NewTask
from bot.tasks.models import TaskStatus
from bot.tasks.queries import Filter

#: Events that are shown of a task; progress makes one each time it is shown.
_MAX_TIMELINE = 1_000


async def create_task(call: Call) -> Response:
    """Announce a task; repeating the same `taskId` returns the existing task."""
    body: CreateTask = call.body
    owner = await call.owner()
    task, is_new = await call.services.tasks.create(
        owner, _new_task(call, body, await _channel_for(call, body, owner.workspace_id))
    )
    ts = None if is_new else (await call.services.tasks.get(owner, task.id))[1]
    return Response(CreatedTask.of(task, ts), status=201 if is_new else 200)


async def _channel_for(call: Call, body: CreateTask, workspace_id: str) -> str:
    """
    Return the channel's id: the caller's, else the kind's, else the usual one of the workspace.

    That of the kind is a channel of the home workspace and means nothing in any other.
    """
    settings = call.services.settings
    channel, fix = body.channel, "give one"
    if channel is None and workspace_id == call.services.home:
        channel = settings.config.kind(body.task).channel
        fix = f"{fix}, or set [tasks.{body.task}] channel in opsbell.toml or SLACK_DEFAULT_CHANNEL"
    channel = channel or call.services.usual_channel(workspace_id)
    if channel is None:
        raise InvalidError("There is no channel to post to.", [FieldProblem("channel", fix)])
    return await resolve_channel(call.services.channels, workspace_id, channel)


def _new_task(call: Call, body: CreateTask, channel: str) -> NewTask:
    return NewTask(
        task=body.task,
        channel=channel,
        subject=body.subject,
        task_id=body.task_id or call.new_id,
        status=TaskStatus(body.status),
        details=body.metadata,
        payload=body.payload,
        steps=body.steps,
        log_url=body.log_url,
        grafana_url=body.grafana_url,
        runner=body.runner,
        environment=body.environment or call.environment,
        correlation_id=body.correlation_id or call.correlation_id,
        created_by=call.caller.subject,
        run=body.run,
    )


async def retry_task(call: Call) -> Response:
    """Start the next attempt of a task that failed, was cancelled or got lost."""
    body: RetryTask = call.body
    task = await call.services.tasks.retry(
        await call.owner(),
        call.path["id"],
        by=call.caller.subject,
        attempt=body.attempt,
        payload=body.payload,
        reason=body.reason,
    )
    return Response(ShownTask.of(task, await _task_place(call, task.id), payload=task.payload))


async def cancel_task(call: Call) -> Response:
    """End a task that is queued or running."""
    task = await call.services.tasks.cancel(
        await call.owner(), call.path["id"], by=call.caller.subject
    )
    return Response(ShownTask.of(task, await _task_place(call, task.id), payload=task.payload))


async def _task_place(call: Call, task_id: str) -> str | None:
    _, ts = await call.services.tasks.get(await call.owner(), task_id)
    return ts


async def list_matching_tasks(call: Call) -> Response:
    """List tasks, the most recently changed first."""
    wanted: TaskFilter = call.query
    found = await call.services.tasks.list(
        await call.owner(),
        Filter(
            status=wanted.status,
            task=wanted.task,
            subject=wanted.subject,
            since=minutes(wanted.since_minutes),
            stuck_for=minutes(wanted.stuck_minutes),
            with_payload=False,
            limit=wanted.limit + 1,  # One more than asked tells whether there is another page.
            before=read_cursor(wanted.cursor) if wanted.cursor else None,
        ),
    )
    page = found[: wanted.limit]
    more = len(found) > wanted.limit
    return Response(
        TaskPage(
            tasks=[ListedTask.of(task, ts) for task, ts in page],
            next_cursor=write_cursor(page[-1][0].updated_at, page[-1][0].id) if more else None,
        )
    )


def minutes(count: float | None) -> timedelta | None:
    return None if count is None else timedelta(minutes=count)


async def show_task(call: Call) -> Response:
    """Show a task and the timeline of its message."""
    task, ts = await call.services.tasks.get(await call.owner(), call.path["id"])
    # One more than is shown tells whether there are more.
    newest = _MAX_TIMELINE + 1
    events = await call.services.timeline(task.message_id, newest) if task.message_id else []
    shown = ShownTaskWithTimeline.of(
        task,
        ts,
        payload=task.payload,
        timeline=[dict(event) for event in events[-_MAX_TIMELINE:]],
        timeline_is_cut=len(events) > _MAX_TIMELINE,
    )
    return Response(shown)

"""Events of other systems, which `[webhooks.<name>]` makes reports on tasks."""

from bot.errors import FieldProblem, InvalidError, NotFoundError
from bot.http.channel_lookup import resolve_channel
from bot.http.route_types import Call, Response
from bot.http.schemas.tasks import ForeignEvent, Taken, TakenTaskEvent
from bot.suggestions import did_you_mean
from bot.tasks.creation import NewTask
from bot.tasks.event_mapping import ForeignTaskEvent, read_event
from bot.tasks.models import ENDS, TaskStatus
from bot.tasks.updates import StatusReport


async def take_task_event(call: Call) -> Response:
    """Announce the task if it is new, and report on it; a status nobody knows is ignored."""
    body: ForeignEvent = call.body
    config = call.services.settings.config.of_tenant(call.caller.tenant)
    name, known = call.path["webhook"], config.webhooks
    if name not in known:
        raise NotFoundError(
            f"There is no [webhooks.{name}]{did_you_mean(name, known, is_sentence=True)}"
        )
    event = read_event(name, known[name], body.model_dump())
    if event.status is None:
        ignored = TakenTaskEvent(task_id=event.task_id, outcome="ignored", reason="status")
        return Response(ignored)
    owner = await call.owner()
    channel = await channel_of(call, known[name].channel, event, owner.workspace_id)
    await call.services.tasks.create(
        owner,
        NewTask(
            task=event.task,
            channel=channel,
            subject=event.subject,
            task_id=event.task_id,
            status=TaskStatus.RUNNING if event.status in ENDS else event.status,
            log_url=event.log_url,
            environment=call.environment,
            correlation_id=call.correlation_id,
            created_by=call.caller.subject,
        ),
    )
    report = StatusReport(
        status=event.status,
        task_id=event.task_id,
        progress=event.progress,
        error=event.error,
        attempt=event.attempt,
    )
    told = Taken.of(await call.services.intake.report(owner, report))
    return Response(TakenTaskEvent(task_id=told.task_id, outcome=told.outcome, reason=told.reason))


async def channel_of(
    call: Call, channel: str | None, event: ForeignTaskEvent, workspace_id: str
) -> str:
    """Return the id of the mapping's channel, else of the kind's, else of the usual one."""
    if workspace_id == call.services.home:
        channel = channel or call.services.settings.config.kind(event.task).channel
    channel = channel or call.services.usual_channel(workspace_id)
    if channel is None:
        fix = "set one in [webhooks.<name>], or SLACK_DEFAULT_CHANNEL"
        raise InvalidError("There is no channel to post to.", [FieldProblem("channel", fix)])
    return await resolve_channel(call.services.channels, workspace_id, channel)

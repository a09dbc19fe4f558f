"""Permission checks before a task is started or changed."""

from bot.errors import ConflictError, ForbiddenError, NotFoundError
from bot.ids import is_slack_user_id
from bot.reports.models import Report
from bot.reports.service_types import Actor
from bot.tasks.creation import Owner
from bot.tasks.models import LIVE, RETRYABLE, Task
from bot.tasks.service import last_act
from listeners.services import ListenerServices


async def require_may_start(services: ListenerServices, kind: str, user_id: str) -> None:
    """Raise `ForbiddenError` saying who may, unless *user_id* may start tasks of this kind."""
    await services.rights.require_operator(user_id, services.config.kind(kind).retry_roles)


def require_workflows_may_start(services: ListenerServices, kind: str) -> None:
    """
    Raise `ForbiddenError` if only some people may start tasks of this kind, and not any workflow.

    Whoever builds a workflow writes the inputs of its steps, so nobody in them is known for sure.
    """
    said = services.config.kind(kind)
    if said.workflow_step or not (said.retry_roles or services.config.access.operators):
        return
    raise ForbiddenError(
        f"Only some people may start `{kind}`. An administrator can let workflows start it: "
        f"workflow_step = true under [tasks.{kind}]."
    )


async def require_may_act(
    services: ListenerServices, owner: Owner, task_id: str, user_id: str
) -> Task:
    """
    Return the task if *user_id* may retry and cancel it.

    Raises `NotFoundError`, or `ForbiddenError` saying who may.
    """
    task, _ = await services.tasks.get(owner, task_id)
    await require_may_start(services, task.task, user_id)
    return task


def require_stands_still(services: ListenerServices, task: Task) -> None:
    """Raise `ConflictError` if the task can no longer be retried, naming who was faster."""
    if task.status in RETRYABLE:
        return
    retried = last_act(task, "retried", services.clock.now())
    if task.status in LIVE and retried:
        raise ConflictError(f"Already retried{retried}: attempt {task.attempt} is {task.status}.")
    raise ConflictError(f"This task is {task.status}, so there is nothing to retry.")


async def report_actor(services: ListenerServices, owner: Owner, user_id: str) -> Actor:
    """Return the person as the one who acts on reports."""
    is_admin = await services.rights.is_admin(user_id)
    return Actor(owner.tenant, owner.workspace_id, user_id, is_admin)


async def require_own_report(services: ListenerServices, actor: Actor, report_id: str) -> Report:
    """
    Return the report of a button if the actor may change it.

    Raises `NotFoundError`, or `ForbiddenError` saying who may: the message was seen anyway.
    """
    try:
        return await services.reports.find(actor, report_id)
    except NotFoundError:
        whose = await services.reports.owner_of(actor, report_id)
        if whose is None:
            raise
        name = f"<@{whose}>" if is_slack_user_id(whose) else f"`{whose}`"
        raise ForbiddenError(f"Only its owner, {name}, and admins can do that.") from None

"""
`/ops task …`.

A task's message, in its channel, shows every change and who made it. So these answers are for the
asker alone and only confirm the action.
"""

from datetime import timedelta

from bot.tasks.creation import NewTask
from bot.tasks.models import Status
from bot.tasks.queries import Filter
from listeners.commands.asked import Answer, Asked
from listeners.membership import require_membership
from listeners.permission import require_may_act, require_may_start
from listeners.views.task_facts_builder import build_task_facts
from listeners.views.task_list_builder import build_task_list
from listeners.wording import as_mrkdwn

LISTED = 15
STUCK_AFTER = timedelta(minutes=30)
FILTERS = {
    "failed": Filter(status=Status.FAILED, limit=LISTED),
    "running": Filter(status=Status.RUNNING, limit=LISTED),
    "stuck": Filter(stuck_for=STUCK_AFTER, limit=LISTED),
}


async def run_task(asked: Asked) -> Answer:
    """Create a task and hand it to its runner; its message appears where the command was typed."""
    values, services = asked.request.values, asked.services
    await require_may_start(services, values["kind"], asked.user_id)
    await require_membership(asked.client, asked.channel_id, services.bot_name)
    new = NewTask(
        task=values["kind"],
        channel=asked.channel_id,
        subject=values.get("subject"),
        payload=values.get("payload"),
        environment=services.environment,
        created_by=asked.user_id,
        run=True,
    )
    task, _ = await services.tasks.create(asked.owner, new)
    return said(f"Queued `{task.id}`. Its message in this channel shows its progress.")


async def list_tasks(asked: Asked) -> Answer:
    """Return the newest tasks, one line each."""
    which = asked.request.values.get("which")
    wanted = FILTERS.get(which or "", Filter(limit=LISTED))
    found = await asked.services.tasks.list(asked.owner, wanted)
    return build_task_list(found, which=which, workspace_url=asked.workspace_url, most=LISTED)


async def show_task(asked: Asked) -> Answer:
    """Return everything known about a task."""
    task, ts = await asked.services.tasks.get(asked.owner, asked.request.values["id"])
    return build_task_facts(task, ts, workspace_url=asked.workspace_url)


async def retry_task(asked: Asked) -> Answer:
    """Start the next attempt of a task."""
    task_id = asked.request.values["id"]
    await require_may_act(asked.services, asked.owner, task_id, asked.user_id)
    task = await asked.services.tasks.retry(asked.owner, task_id, by=asked.user_id)
    return said(f"Queued attempt {task.attempt} of `{task.id}`.")


async def cancel_task(asked: Asked) -> Answer:
    """Cancel a queued or running task."""
    task_id = asked.request.values["id"]
    await require_may_act(asked.services, asked.owner, task_id, asked.user_id)
    task = await asked.services.tasks.cancel(asked.owner, task_id, by=asked.user_id)
    return said(f"Cancelled `{task.id}`.")


def said(sentence: str) -> Answer:
    return {"response_type": "ephemeral", "text": as_mrkdwn(sentence)}

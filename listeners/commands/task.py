"""
`/ops task …`.

A task's message, in its channel, shows every change and who made it. So these answers are for the
asker alone and only confirm the action.
"""

from datetime import timedelta

from bot.tasks.creation import NewTask
from bot.tasks.models import TaskStatus
from bot.tasks.queries import Filter
from listeners.commands.alert import public
from listeners.commands.command_request import Asked, CommandReply
from listeners.interactions import interaction_id
from listeners.membership import require_membership
from listeners.permission import require_may_act, require_may_start
from listeners.views.tasks.task_facts_builder import build_task_facts
from listeners.views.tasks.task_list_builder import build_task_list
from listeners.views.tasks.task_words import place_url
from listeners.wording import as_mrkdwn

_LISTED = 15
_STUCK_AFTER = timedelta(minutes=30)
_TASK_FILTERS = {
    "failed": Filter(status=TaskStatus.FAILED, limit=_LISTED),
    "running": Filter(status=TaskStatus.RUNNING, limit=_LISTED),
    "stuck": Filter(stuck_for=_STUCK_AFTER, limit=_LISTED),
}


async def command_run(asked: Asked) -> CommandReply:
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
        correlation_id=interaction_id(),
    )
    task, _ = await services.tasks.create(asked.owner, new)
    return said(f"Queued `{task.id}`. Its message in this channel shows its progress.")


async def command_list(asked: Asked) -> CommandReply:
    """Return the newest tasks, one line each."""
    which = asked.request.values.get("which")
    wanted = _TASK_FILTERS.get(which or "", Filter(limit=_LISTED))
    found = await asked.services.tasks.list(asked.owner, wanted)
    return build_task_list(found, which=which, workspace_url=asked.workspace_url, limit=_LISTED)


async def command_show(asked: Asked) -> CommandReply:
    """Return everything known about a task."""
    task, ts = await asked.services.tasks.get(asked.owner, asked.request.values["id"])
    return build_task_facts(task, ts, workspace_url=asked.workspace_url)


async def command_retry(asked: Asked) -> CommandReply:
    """Start the next attempt of a task."""
    task_id = asked.request.values["id"]
    await require_may_act(asked.services, asked.owner, task_id, asked.user_id)
    task = await asked.services.tasks.retry(asked.owner, task_id, by=asked.user_id)
    return said(f"Queued attempt {task.attempt} of `{task.id}`.")


async def command_cancel(asked: Asked) -> CommandReply:
    """Cancel a queued or running task."""
    task_id = asked.request.values["id"]
    await require_may_act(asked.services, asked.owner, task_id, asked.user_id)
    task = await asked.services.tasks.cancel(asked.owner, task_id, by=asked.user_id)
    return said(f"Cancelled `{task.id}`.")


async def command_board(asked: Asked) -> CommandReply:
    """Post the channel's board, or switch it off; the channel sees who did."""
    boards = asked.services.boards
    if asked.request.values.get("switch") == "off":
        await boards.end(asked.owner, asked.channel_id)
        return public(f"<@{asked.user_id}> switched off the task board of this channel.")
    name = asked.services.bot_name
    await require_membership(asked.client, asked.channel_id, name, refusal="No board was posted")
    ts, is_new = await boards.begin(asked.owner, asked.channel_id, by=asked.user_id)
    undo = "`/ops task board off` switches it off."
    if is_new:
        return public(f"<@{asked.user_id}> asked for a task board in this channel; {undo}")
    where = place_url(asked.workspace_url, asked.channel_id, ts)
    return said(f"This channel already has a task board{f': {where}' if where else ''}. {undo}")


def said(sentence: str) -> CommandReply:
    return {"response_type": "ephemeral", "text": as_mrkdwn(sentence)}

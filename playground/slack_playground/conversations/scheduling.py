"""Messages to be posted later, at the workspace's own time."""

from slack_playground.conversations import messages
from slack_playground.conversations.content import read_content
from slack_playground.errors import SlackError
from slack_playground.state import Record, Scheduled
from slack_playground.workspace import Workspace

# https://docs.slack.dev/reference/methods/chat.scheduleMessage
MOST_AHEAD_SECONDS = 120 * 24 * 3600
MOST_IN_WINDOW = 30
WINDOW_SECONDS = 300


def schedule_message(workspace: Workspace, channel: str, post_at: int, body: Record) -> Scheduled:
    """Plan a message; raise SlackError for a time or a crowd that Slack refuses."""
    now = workspace.clock.now()
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + MOST_AHEAD_SECONDS:
        raise SlackError("time_too_far")
    scheduled = workspace.state.scheduled
    window = post_at // WINDOW_SECONDS
    beside = [one for one in scheduled.values() if one.post_at // WINDOW_SECONDS == window]
    if len([one for one in beside if one.channel == channel]) >= MOST_IN_WINDOW:
        raise SlackError("restricted_too_many")
    one = Scheduled(workspace.state.next_id("Q"), channel, post_at, int(now), body)
    scheduled[one.id] = one
    _plan(workspace, one)
    return one


def plan_again(workspace: Workspace) -> None:
    """Plan what the state holds, after the state was put in place of another."""
    workspace.schedule.stop()
    for one in workspace.state.scheduled.values():
        _plan(workspace, one)


def _plan(workspace: Workspace, one: Scheduled) -> None:
    workspace.schedule.plan(one.id, one.post_at, lambda: _post(workspace, one))


def _post(workspace: Workspace, one: Scheduled) -> None:
    if workspace.state.scheduled.pop(one.id, None) is None:
        return
    channel = workspace.state.channels.get(one.channel)
    if channel is None or channel.is_archived:
        return
    if "metadata" in one.body:
        # Slack's own "Bug alert": such a message is taken and silently never posted.
        workspace.refuse(
            workspace.state.bot_user_id,
            "A scheduled message with metadata is never posted.",
            "nothing; leave the metadata out of chat.scheduleMessage",
        )
        return
    messages.post(workspace, channel, _stored(one.body), author=workspace.state.bot_user_id)


def _stored(body: Record) -> Record:
    """Return the body with its ids made now, as Slack does when it posts."""
    return {
        **body,
        **read_content({"text": body.get("text"), "blocks": body.get("blocks")}).stored(),
    }

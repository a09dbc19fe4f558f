"""A person uses a shortcut, from the search bar or from a message's menu."""

from slack_playground.conversations.messages import shown
from slack_playground.errors import PageError
from slack_playground.people.outcome import Outcome, failed, failure_of
from slack_playground.people.payloads import action_ts, channel_fields, interaction, response_url
from slack_playground.people.permissions import refuse_shortcut
from slack_playground.state import Channel, Record, User
from slack_playground.workspace import Workspace


async def run_shortcut(
    workspace: Workspace,
    user: User,
    callback_id: str,
    channel: Channel | None = None,
    ts: str | None = None,
) -> Outcome:
    """Send a shortcut to the app; with a message it is that message's shortcut."""
    place = None if channel is None else channel.id
    workspace.did("shortcuts", user, callback_id=callback_id, channel=place, ts=ts)
    kind = "global" if ts is None else "message"
    refusal = refuse_shortcut(workspace, user, callback_id, kind)
    if refusal is not None:
        return failed(refusal)
    declared = workspace.manifest.shortcuts.get(callback_id)
    payload: Record = {
        **interaction(workspace, "shortcut" if ts is None else "message_action", user),
        "callback_id": callback_id,
        "trigger_id": workspace.triggers.issue(workspace.state, user.id),
        "action_ts": action_ts(workspace),
    }
    if ts is not None:
        payload.update(_message_fields(workspace, user, channel, ts))
    delivery = await workspace.deliveries.deliver("interactive", payload)
    error = failure_of(delivery)
    if error is None:
        return Outcome()
    name = declared.name if declared is not None else callback_id
    workspace.tell_notice(user.id, f'{name} failed with the error "{error}"')
    return failed(error)


def _message_fields(workspace: Workspace, user: User, channel: Channel | None, ts: str) -> Record:
    message = None if channel is None else channel.messages.get(ts)
    if channel is None or message is None:
        raise PageError("message_not_found", "There is no such message.", status=404)
    secret = workspace.response_urls.issue(channel.id, user.id, ts=ts)
    return {
        "channel": channel_fields(channel),
        "message_ts": ts,
        "message": shown(channel, message),
        "response_url": response_url(workspace, "actions", secret),
    }

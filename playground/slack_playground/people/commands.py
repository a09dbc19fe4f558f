"""A person runs a slash command."""

from slack_playground.app.response_urls import ResponseUrl
from slack_playground.delivery.outcome import Delivery
from slack_playground.errors import SlackError
from slack_playground.people.answers import say
from slack_playground.people.outcome import Outcome, failed, failure_of
from slack_playground.people.payloads import response_url
from slack_playground.people.permissions import refuse_command
from slack_playground.people.writing import as_slack_writes
from slack_playground.state import Channel, Record, User
from slack_playground.workspace import Workspace


async def run_command(
    workspace: Workspace, user: User, channel: Channel, line: str, thread_ts: str | None = None
) -> Outcome:
    """Send `/command text` to the app and show what it answers at once."""
    command, _, text = line.strip().partition(" ")
    workspace.did("command", user, channel=channel.id, text=line, thread_ts=thread_ts)
    refusal = refuse_command(workspace, user, channel, command)
    if refusal is not None:
        return failed(refusal)
    declared = workspace.manifest.commands.get(command)
    if thread_ts is not None:
        workspace.tell_notice(user.id, f"{command} is not supported in threads. Sorry!", channel.id)
        return failed("not_supported_in_threads")
    if declared is not None and declared.should_escape:
        text = as_slack_writes(workspace.state, text, with_names=True)
    secret = workspace.response_urls.issue(channel.id, user.id)
    payload = _payload(workspace, user, channel, command, text.strip(), secret)
    delivery = await workspace.deliveries.deliver("slash_commands", payload)
    return _outcome(workspace, user, channel, command, delivery)


def _outcome(
    workspace: Workspace, user: User, channel: Channel, command: str, delivery: Delivery
) -> Outcome:
    error = failure_of(delivery)
    if error is None and delivery.answer:
        try:
            # No use of the response URL: the acknowledgement is an answer of its own.
            say(workspace, ResponseUrl(channel.id, user.id, 0), delivery.answer)
        except SlackError as refused:
            error = refused.error
    if error is None:
        return Outcome()
    workspace.tell_notice(user.id, f'{command} failed with the error "{error}"', channel.id)
    return failed(error)


def _payload(
    workspace: Workspace, user: User, channel: Channel, command: str, text: str, secret: str
) -> Record:
    state = workspace.state
    return {
        "token": "playground",
        "team_id": state.team_id,
        "team_domain": state.team_domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": state.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(workspace, "commands", secret),
        "trigger_id": workspace.triggers.issue(state, user.id),
    }

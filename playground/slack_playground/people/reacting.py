"""A person reacts to a message with an emoji, or takes that back."""

from slack_playground.conversations.reactions import give, reaction_name, take_back
from slack_playground.errors import PageError, SlackError
from slack_playground.people.outcome import Outcome, failed
from slack_playground.state import Channel, User
from slack_playground.workspace import Workspace


def react(
    workspace: Workspace,
    user: User,
    channel: Channel,
    ts: str,
    name: str,
    *,
    is_removed: bool = False,
) -> Outcome:
    """Give an emoji to a message or take it back; an app that asked for it hears of both."""
    workspace.did(
        "reactions", user, channel=channel.id, ts=ts, name=name, remove=is_removed or None
    )
    message = channel.messages.get(ts)
    if message is None:
        raise PageError("message_not_found", "There is no such message.", status=404)
    change = take_back if is_removed else give
    try:
        change(workspace, channel, message, reaction_name(workspace, name.strip(":")), user.id)
    except SlackError as error:
        return failed(error.error)
    return Outcome()

"""reactions.*: an emoji under a message."""

from slack_playground.conversations.messages import shown
from slack_playground.conversations.reactions import give, reaction_name, take_back
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Message, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.messages.chat import TIMESTAMP
from slack_playground.web_api.pages import next_cursor, take_numbered_page, take_page
from slack_playground.workspace import Workspace


def add(call: Call) -> Record:
    give(*_reaction(call))
    return {}


def remove(call: Call) -> Record:
    take_back(*_reaction(call))
    return {}


def get(call: Call) -> Record:
    """Answer a message with its reactions."""
    channel, message = _target(call)
    return {"type": "message", "channel": channel.id, "message": shown(channel, message)}


def list_reactions(call: Call) -> Record:
    """Answer what one person reacted to, the newest first, where the caller may read."""
    user = call.user().id if "user" in call.arguments else call.actor
    found = [
        (channel, message)
        for channel in call.state.channels.values()
        if channel.is_public or call.actor in channel.members
        for message in channel.messages.values()
        if any(user in users for users in message.reactions.values())
    ]
    found.sort(key=lambda one: str(one[1].body["ts"]), reverse=True)
    paging: Record = {}
    if "cursor" in call.arguments or "limit" in call.arguments:
        page, cursor = take_page(call, found, default=100, most=1000)
    else:
        cursor = ""
        page, counted = take_numbered_page(call, found, default=100, most=1000)
        paging = {"paging": counted}
    items = [
        {"type": "message", "channel": channel.id, "message": shown(channel, message)}
        for channel, message in page
    ]
    return {"items": items, **paging, **next_cursor(cursor)}


def _target(call: Call) -> tuple[Channel, Message]:
    timestamp = call.arguments.text("timestamp")
    if not timestamp or "channel" not in call.arguments:
        raise SlackError("no_item_specified")
    if not TIMESTAMP.fullmatch(timestamp):
        raise SlackError("bad_timestamp")
    channel = call.channel()
    message = channel.messages.get(timestamp)
    if message is None:
        raise SlackError("message_not_found")
    return channel, message


def _reaction(call: Call) -> tuple[Workspace, Channel, Message, str, str]:
    """Return what `give` and `take_back` want, for a caller who is in the channel."""
    name = reaction_name(call.workspace, call.arguments.required("name"))
    channel, message = _target(call)
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return call.workspace, channel, message, name, call.actor

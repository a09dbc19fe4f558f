"""reactions.*: an emoji under a message."""

from playground.errors import SlackError
from playground.messages import shown
from playground.reactions import give, reaction_name, take_back
from playground.state import Channel, Message, Record
from playground.web_api.call import Call
from playground.web_api.chat import TIMESTAMP


def add(call: Call) -> Record:
    name = reaction_name(call.arguments.required("name"))
    channel, message = _target(call)
    _check_membership(call, channel)
    give(call.workspace, channel, message, name, call.actor)
    return {}


def remove(call: Call) -> Record:
    name = reaction_name(call.arguments.required("name"))
    channel, message = _target(call)
    _check_membership(call, channel)
    take_back(call.workspace, channel, message, name, call.actor)
    return {}


def get(call: Call) -> Record:
    """Answer a message with its reactions."""
    channel, message = _target(call)
    return {"type": "message", "channel": channel.id, "message": shown(channel, message)}


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


def _check_membership(call: Call, channel: Channel) -> None:
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")

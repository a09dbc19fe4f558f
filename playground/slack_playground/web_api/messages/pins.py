"""pins.*: messages kept at hand in a channel."""

from slack_playground.conversations.pins import pin, pin_record, unpin
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Message, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.messages.chat import TIMESTAMP


def add(call: Call) -> Record:
    pin(call.workspace, *_target(call), call.actor)
    return {}


def remove(call: Call) -> Record:
    unpin(call.workspace, *_target(call), call.actor)
    return {}


def list_pins(call: Call) -> Record:
    channel = call.channel()
    return {"items": [pin_record(channel, ts) for ts in reversed(channel.pins)]}


def _target(call: Call) -> tuple[Channel, Message]:
    channel = call.channel()
    timestamp = call.arguments.text("timestamp")
    if not timestamp:
        raise SlackError("no_item_specified")
    if not TIMESTAMP.fullmatch(timestamp):
        raise SlackError("bad_timestamp")
    message = channel.messages.get(timestamp)
    if message is None:
        raise SlackError("message_not_found")
    return channel, message

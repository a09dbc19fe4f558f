"""pins.*: messages kept at hand in a channel."""

from slack_playground.conversations.messages import shown, tell_changed
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Message, Record
from slack_playground.web_api.call import Call

MOST_PINS = 100


def add(call: Call) -> Record:
    channel, message = _target(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    if message.body["ts"] in channel.pins:
        raise SlackError("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    channel.pins.append(message.body["ts"])
    tell_changed(call.workspace, channel, message)
    return {}


def remove(call: Call) -> Record:
    channel, message = _target(call)
    if message.body["ts"] not in channel.pins:
        raise SlackError("no_pin")
    channel.pins.remove(message.body["ts"])
    tell_changed(call.workspace, channel, message)
    return {}


def list_pins(call: Call) -> Record:
    channel = call.channel()
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": int(float(ts)),
            "created_by": call.actor,
            "message": shown(channel, channel.messages[ts]),
        }
        for ts in reversed(channel.pins)
    ]
    return {"items": items}


def _target(call: Call) -> tuple[Channel, Message]:
    channel = call.channel()
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    message = channel.messages.get(call.arguments.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return channel, message

"""reactions.*: an emoji under a message."""

import re

from playground.errors import SlackError
from playground.messages import tell_changed
from playground.state import Channel, Message, Record
from playground.web_api.call import Call

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")


def add(call: Call) -> Record:
    channel, message, name = _target(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    users = message.reactions.setdefault(name, [])
    if call.bot in users:
        raise SlackError("already_reacted")
    users.append(call.bot)
    tell_changed(call.workspace, channel, message)
    return {}


def remove(call: Call) -> Record:
    channel, message, name = _target(call)
    users = message.reactions.get(name, [])
    if call.bot not in users:
        raise SlackError("no_reaction")
    users.remove(call.bot)
    if not users:
        del message.reactions[name]
    tell_changed(call.workspace, channel, message)
    return {}


def _target(call: Call) -> tuple[Channel, Message, str]:
    name = call.arguments.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    channel = call.channel()
    message = channel.messages.get(call.arguments.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    return channel, message, name

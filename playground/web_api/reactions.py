"""reactions.*: an emoji under a message."""

import re

from playground.errors import SlackError
from playground.messages import tell_changed
from playground.state import Channel, Message, Record
from playground.web_api.call import Call
from playground.web_api.chat import TIMESTAMP

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")

# https://slack.com/help/articles/202931348: 23 by one person, 50 in all.
MOST_BY_ONE = 23
MOST_KINDS = 50


def add(call: Call) -> Record:
    channel, message, name = _target(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    given = message.reactions
    if call.actor in given.get(name, []):
        raise SlackError("already_reacted")
    if sum(call.actor in users for users in given.values()) >= MOST_BY_ONE:
        raise SlackError("too_many_reactions")
    if name not in given and len(given) >= MOST_KINDS:
        raise SlackError("too_many_emoji")
    given.setdefault(name, []).append(call.actor)
    tell_changed(call.workspace, channel, message)
    return {}


def remove(call: Call) -> Record:
    channel, message, name = _target(call)
    users = message.reactions.get(name, [])
    if call.actor not in users:
        raise SlackError("no_reaction")
    users.remove(call.actor)
    if not users:
        del message.reactions[name]
    tell_changed(call.workspace, channel, message)
    return {}


def _target(call: Call) -> tuple[Channel, Message, str]:
    name = call.arguments.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    timestamp = call.arguments.text("timestamp")
    if not timestamp or "channel" not in call.arguments:
        raise SlackError("no_item_specified")
    if not TIMESTAMP.fullmatch(timestamp):
        raise SlackError("bad_timestamp")
    channel = call.channel()
    message = channel.messages.get(timestamp)
    if message is None:
        raise SlackError("message_not_found")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel, message, name

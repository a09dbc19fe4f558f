"""The methods of conversations.* that change a channel."""

from slack_playground.conversations import channels
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.conversations.conversations import channel_record


def create(call: Call) -> Record:
    is_private = call.arguments.flag("is_private")
    call.needs_to_manage(is_private=is_private)
    name = call.arguments.text("name") or ""
    return _answer(
        call, channels.create_channel(call.workspace, call.actor, name, is_private=is_private)
    )


def invite(call: Call) -> Record:
    channel = _managed(call, "invites")
    users = call.arguments.words("users")
    if call.arguments.flag("force"):
        users = [user for user in users if user in call.state.users] or users
    channels.invite(call.workspace, channel, call.actor, users)
    return _answer(call, channel)


def kick(call: Call) -> Record:
    channel = _managed(call)
    if not call.arguments.text("user"):
        raise SlackError("no_user")
    channels.kick(call.workspace, channel, call.actor, call.user().id)
    return {}


def leave(call: Call) -> Record:
    channel = call.channel()
    if not channel.is_im:
        call.needs_to_manage(is_private=channel.is_private)
    return {} if channels.leave(call.workspace, channel, call.actor) else {"not_in_channel": True}


def archive(call: Call) -> Record:
    channels.archive(call.workspace, _managed(call), call.actor)
    return {}


def unarchive(call: Call) -> Record:
    channel = _managed(call)
    channels.unarchive(call.workspace, channel, call.actor)
    return {}


def rename(call: Call) -> Record:
    channel = _managed(call)
    channels.rename(call.workspace, channel, call.actor, call.arguments.text("name") or "")
    return _answer(call, channel)


def set_topic(call: Call) -> Record:
    channel = _managed(call, "topic")
    channels.set_topic(call.workspace, channel, call.actor, call.arguments.text("topic") or "")
    return _answer(call, channel)


def set_purpose(call: Call) -> Record:
    channel = _managed(call, "topic")
    channels.set_purpose(call.workspace, channel, call.actor, call.arguments.text("purpose") or "")
    return _answer(call, channel)


def close(call: Call) -> Record:
    """Close a direct message: it is only put out of sight, and opens again with the next one."""
    channel = call.channel()
    if not (channel.is_im or channel.is_mpim):
        raise SlackError("method_not_supported_for_channel_type")
    return {}


def mark(call: Call) -> Record:
    """Move the caller's mark of what was read to a message."""
    channel = call.channel()
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    ts = call.arguments.required("ts")
    if ts not in channel.messages:
        raise SlackError("invalid_timestamp")
    channel.read_up_to[call.actor] = ts
    return {}


def _managed(call: Call, part: str = "") -> Channel:
    """Return the channel if the app may change this kind of channel, or this `part` of it."""
    channel = call.channel()
    if channel.is_im or channel.is_mpim:
        raise SlackError("method_not_supported_for_channel_type")
    narrow = f"{'groups' if channel.is_private else 'channels'}:write.{part}"
    if not (part and call.has_scope(narrow)):
        call.needs_to_manage(is_private=channel.is_private)
    return channel


def _answer(call: Call, channel: Channel) -> Record:
    return {"channel": channel_record(call, channel)}

"""The methods of conversations.* that change a channel."""

import re

from slack_playground.delivery.message_events import send_channel_event, send_membership
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.conversations.conversations import channel_record

_NAME = re.compile(r"[a-z0-9_-]+")
MOST_NAME = 80
MOST_TOPIC = 250


def create(call: Call) -> Record:
    is_private = call.arguments.flag("is_private")
    call.needs_to_manage(is_private=is_private)
    name = _name(call)
    if name in call.state.channel_ids:
        raise SlackError("name_taken")
    channel = Channel(
        id=call.state.next_id("C"),
        name=name,
        is_private=is_private,
        creator=call.actor,
        created=int(call.workspace.clock.now()),
        members={call.actor},
    )
    call.state.channels[channel.id] = channel
    call.state.channel_ids[name] = channel.id
    return _changed(call, channel)


def invite(call: Call) -> Record:
    channel = _own(call)
    users = call.arguments.words("users")
    if not users:
        raise SlackError("no_user")
    for user in users:
        if user not in call.state.users:
            raise SlackError("user_not_found")
        if user in channel.members:
            raise SlackError("already_in_channel")
    for user in users:
        channel.members.add(user)
        send_membership(call.workspace, channel, user, "member_joined_channel", inviter=call.actor)
    return _changed(call, channel)


def kick(call: Call) -> Record:
    channel = _own(call)
    _refuse_in_general(channel, "cant_kick_from_general")
    user = call.user().id
    if user == call.actor:
        raise SlackError("cant_kick_self")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    channel.members.discard(user)
    send_membership(call.workspace, channel, user, "member_left_channel")
    _changed(call, channel)
    return {}


def leave(call: Call) -> Record:
    channel = call.channel()
    if channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    call.needs_to_manage(is_private=channel.is_private)
    if call.actor not in channel.members:
        return {"not_in_channel": True}
    _refuse_in_general(channel, "cant_leave_general")
    send_membership(call.workspace, channel, call.actor, "member_left_channel")
    channel.members.discard(call.actor)
    _changed(call, channel)
    return {}


def archive(call: Call) -> Record:
    channel = _own(call, "already_archived")
    _refuse_in_general(channel, "cant_archive_general")
    channel.is_archived = True
    send_channel_event(call.workspace, channel, "archive", user=call.actor)
    _changed(call, channel)
    return {}


def unarchive(call: Call) -> Record:
    channel = call.channel()
    call.needs_to_manage(is_private=channel.is_private)
    if not channel.is_archived:
        raise SlackError("not_archived")
    channel.is_archived = False
    send_channel_event(call.workspace, channel, "unarchive", user=call.actor)
    _changed(call, channel)
    return {}


def rename(call: Call) -> Record:
    channel = _own(call)
    name = _name(call)
    if call.state.channel_ids.get(name) not in (None, channel.id):
        raise SlackError("name_taken")
    call.state.rename_channel(channel, name)
    told = {"id": channel.id, "name": name, "created": channel.created}
    send_channel_event(call.workspace, channel, "rename", channel=told)
    return _changed(call, channel)


def set_topic(call: Call) -> Record:
    channel = _own(call)
    channel.topic = _line(call, "topic")
    channel.topic_set = (call.actor, int(call.workspace.clock.now()))
    return _changed(call, channel)


def set_purpose(call: Call) -> Record:
    channel = _own(call)
    channel.purpose = _line(call, "purpose")
    channel.purpose_set = (call.actor, int(call.workspace.clock.now()))
    return _changed(call, channel)


def _name(call: Call) -> str:
    name = call.arguments.text("name") or ""
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > MOST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if not name.strip("-_"):
        raise SlackError("invalid_name_punctuation")
    return name


def _refuse_in_general(channel: Channel, error: str) -> None:
    """Everybody is in the workspace's first channel for good."""
    if channel.name == "general":
        raise SlackError(error)


def _line(call: Call, name: str) -> str:
    text = call.arguments.text(name) or ""
    if len(text) > MOST_TOPIC:
        raise SlackError("too_long")
    return text


def _own(call: Call, archived: str = "is_archived") -> Channel:
    channel = call.channel()
    if channel.is_im or channel.is_mpim:
        raise SlackError("method_not_supported_for_channel_type")
    call.needs_to_manage(is_private=channel.is_private)
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError(archived)
    return channel


def _changed(call: Call, channel: Channel) -> Record:
    call.workspace.tell_state()
    return {"channel": channel_record(call, channel)}

"""
Channels made, changed, entered and left, by the app or by people.

Every refusal is the SlackError that conversations.* answers.
"""

import re

from slack_playground.delivery.channel_events import (
    channel_fields,
    send_channel_event,
    send_created,
    send_membership,
)
from slack_playground.errors import SlackError
from slack_playground.state import Channel
from slack_playground.workspace import Workspace

_NAME = re.compile(r"[\w-]+")
MOST_NAME = 80
MOST_TOPIC = 250


def create_channel(workspace: Workspace, actor: str, name: str, *, is_private: bool) -> Channel:
    """Make a channel with `actor` in it; the app hears of every public one."""
    state = workspace.state
    _check_name(name)
    if name in state.channel_ids:
        raise SlackError("name_taken")
    channel = Channel(
        id=state.next_id("C"),
        name=name,
        is_private=is_private,
        creator=actor,
        created=int(workspace.clock.now()),
        members={actor},
    )
    state.channels[channel.id] = channel
    state.channel_ids[name] = channel.id
    workspace.was_born("channel", channel.id, name)
    send_created(workspace, channel)
    workspace.tell_state()
    return channel


def invite(workspace: Workspace, channel: Channel, actor: str, users: list[str]) -> None:
    """Bring people in, all or nobody."""
    _check_member(channel, actor)
    if not users:
        raise SlackError("no_user")
    for user in users:
        if user not in workspace.state.users:
            raise SlackError("user_not_found")
        if user == actor:
            raise SlackError("cant_invite_self")
        if user in channel.members:
            raise SlackError("already_in_channel")
    for user in users:
        _enter(workspace, channel, user, inviter=actor)
    workspace.tell_state()


def join(workspace: Workspace, channel: Channel, actor: str) -> bool:
    """Enter a public channel; False for who is in it already."""
    if not channel.is_public:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if actor in channel.members:
        return False
    _enter(workspace, channel, actor)
    workspace.tell_state()
    return True


def leave(workspace: Workspace, channel: Channel, actor: str) -> bool:
    """Go out of a channel; False for who was not in it."""
    if channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if actor not in channel.members:
        return False
    _refuse_in_general(channel, "cant_leave_general")
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.members == {actor}:
        raise SlackError("last_member")
    _go(workspace, channel, actor, actor)
    workspace.tell_state()
    return True


def kick(workspace: Workspace, channel: Channel, actor: str, user: str) -> None:
    _check_member(channel, actor)
    _refuse_in_general(channel, "cant_kick_from_general")
    if user == actor:
        raise SlackError("cant_kick_self")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    _go(workspace, channel, user, actor)
    workspace.tell_state()


def archive(workspace: Workspace, channel: Channel, actor: str) -> None:
    _check_member(channel, actor, "already_archived")
    _refuse_in_general(channel, "cant_archive_general")
    channel.is_archived = True
    send_channel_event(workspace, channel, "archive", user=actor)
    workspace.tell_state()


def unarchive(workspace: Workspace, channel: Channel, actor: str) -> None:
    if not channel.is_archived:
        raise SlackError("not_archived")
    channel.is_archived = False
    send_channel_event(workspace, channel, "unarchive", user=actor)
    workspace.tell_state()


def rename(workspace: Workspace, channel: Channel, actor: str, name: str) -> None:
    _check_member(channel, actor)
    _check_name(name)
    if workspace.state.channel_ids.get(name) not in (None, channel.id):
        raise SlackError("name_taken")
    workspace.state.rename_channel(channel, name)
    send_channel_event(workspace, channel, "rename", channel=channel_fields(channel))
    workspace.tell_state()


def set_topic(workspace: Workspace, channel: Channel, actor: str, text: str) -> None:
    _check_member(channel, actor)
    channel.topic = _line(text)
    channel.topic_set = (actor, int(workspace.clock.now()))
    workspace.tell_state()


def set_purpose(workspace: Workspace, channel: Channel, actor: str, text: str) -> None:
    _check_member(channel, actor)
    channel.purpose = _line(text)
    channel.purpose_set = (actor, int(workspace.clock.now()))
    workspace.tell_state()


def _enter(workspace: Workspace, channel: Channel, user: str, *, inviter: str = "") -> None:
    channel.members.add(user)
    send_membership(workspace, channel, user, "member_joined_channel", inviter=inviter)


def _go(workspace: Workspace, channel: Channel, user: str, actor: str) -> None:
    """Take somebody out; the app is told first, or it would not hear of its own leaving."""
    if user == workspace.state.bot_user_id:
        send_channel_event(workspace, channel, "left", actor_id=actor)
    send_membership(workspace, channel, user, "member_left_channel")
    channel.members.discard(user)


def _check_member(channel: Channel, actor: str, archived: str = "is_archived") -> None:
    if channel.is_im or channel.is_mpim:
        raise SlackError("method_not_supported_for_channel_type")
    if actor not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError(archived)


def _check_name(name: str) -> None:
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > MOST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not _NAME.fullmatch(name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if not name.strip("-_"):
        raise SlackError("invalid_name_punctuation")


def _refuse_in_general(channel: Channel, error: str) -> None:
    """Everybody is in the workspace's first channel for good."""
    if channel.name == "general":
        raise SlackError(error)


def _line(text: str) -> str:
    if len(text) > MOST_TOPIC:
        raise SlackError("too_long")
    return text

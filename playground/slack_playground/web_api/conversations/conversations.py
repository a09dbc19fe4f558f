"""conversations.*: which channels there are, who is in them."""

from slack_playground.conversations import channels
from slack_playground.conversations.direct_messages import open_group, other_in
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Record, User
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import next_cursor, take_page

_SCOPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}

# https://docs.slack.dev/reference/methods/conversations.open
MOST_PEOPLE = 8


def list_channels(call: Call) -> Record:
    types = _types(call)
    found = [
        channel
        for channel in call.state.channels.values()
        if channel_type(channel) in types and (channel.is_public or call.actor in channel.members)
    ]
    return _page_of_channels(call, found)


def list_of_user(call: Call) -> Record:
    """Answer users.conversations: the channels of one person that the bot may know of."""
    user = call.user().id if "user" in call.arguments else call.actor
    types = _types(call)
    found = [
        channel
        for channel in call.state.channels.values()
        if user in channel.members
        and channel_type(channel) in types
        and (channel.is_public or call.actor in channel.members)
    ]
    answer = _page_of_channels(call, found)
    # Whose channels they are is known, and how many others are in them Slack does not tell here.
    for channel in answer["channels"]:
        channel.pop("is_member", None)
        channel.pop("num_members", None)
    return answer


def info(call: Call) -> Record:
    channel = call.channel()
    call.needs_channel_scope(channel, "read")
    record = channel_record(call, channel)
    if call.arguments.flag("include_num_members"):
        record["num_members"] = len(channel.members)
    return {"channel": record}


def members(call: Call) -> Record:
    channel = call.channel()
    call.needs_channel_scope(channel, "read")
    page, cursor = take_page(call, sorted(channel.members), default=100, most=1000)
    return {"members": page, **next_cursor(cursor)}


def open_conversation(call: Call) -> Record:
    """Open a direct message with `users`, or say again what `channel` is."""
    if "channel" in call.arguments:
        channel = call.channel()
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = [_living_user(call, user) for user in call.arguments.words("users")]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MOST_PEOPLE:
        raise SlackError("too_many_users")
    call.needs_scope("im:write" if len(users) == 1 else "mpim:write")
    known = len(call.state.channels)
    channel = open_group(call.workspace, users, call.actor)
    answer: Record = {"channel": {"id": channel.id}}
    if call.arguments.flag("return_im"):
        answer["channel"] = channel_record(call, channel)
    if len(call.state.channels) == known:
        answer.update(no_op=True, already_open=True)
    return answer


def join(call: Call) -> Record:
    channel = call.channel()
    if channels.join(call.workspace, channel, call.actor):
        return {"channel": channel_record(call, channel)}
    return {
        "channel": channel_record(call, channel),
        "warning": "already_in_channel",
        "response_metadata": {"warnings": ["already_in_channel"]},
    }


def channel_type(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "private_channel" if channel.is_private else "public_channel"


def channel_record(call: Call, channel: Channel) -> Record:
    if channel.is_im:
        return {**_im_record(call, channel), **_properties(call, channel)}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.is_public,
        "is_group": channel.is_private and not channel.is_mpim,
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_member": call.actor in channel.members,
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "created": channel.created,
        "creator": channel.creator,
        "context_team_id": call.state.team_id,
        "topic": _line(channel.topic, channel.topic_set),
        "purpose": _line(channel.purpose, channel.purpose_set),
        **_properties(call, channel),
    }


def _properties(call: Call, channel: Channel) -> Record:
    """Return where the channel's own canvas is named, if it has one."""
    canvas = call.state.canvases.get(channel.canvas)
    if canvas is None:
        return {}
    return {"properties": {"canvas": {"file_id": canvas.id, "is_empty": not canvas.sections}}}


def _line(text: str, was_set: tuple[str, int]) -> Record:
    return {"value": text, "creator": was_set[0], "last_set": was_set[1]}


def _im_record(call: Call, channel: Channel) -> Record:
    return {
        "id": channel.id,
        "created": channel.created,
        "is_im": True,
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "user": other_in(channel, call.actor),
        "is_open": True,
    }


def _types(call: Call) -> set[str]:
    types = set(call.arguments.words("types")) or {"public_channel"}
    if not types <= _SCOPES.keys():
        raise SlackError("invalid_types")
    for one in sorted(types):
        call.needs_scope(_SCOPES[one])
    return types


def _page_of_channels(call: Call, found: list[Channel]) -> Record:
    if call.arguments.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    page, cursor = take_page(call, found, default=100, most=1000)
    records = []
    for channel in page:
        record = channel_record(call, channel)
        if not channel.is_im:
            record["num_members"] = len(channel.members)
        records.append(record)
    return {"channels": records, **next_cursor(cursor)}


def _living_user(call: Call, user_id: str) -> User:
    user = call.state.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    return user

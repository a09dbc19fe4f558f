"""Direct messages: channels that exist once somebody opens them."""

from slack_playground.errors import SlackError
from slack_playground.state import Channel, User
from slack_playground.workspace import Workspace


def open_im(workspace: Workspace, user: User) -> Channel:
    """Return the bot's direct message with `user`, opened if need be."""
    return open_group(workspace, [user])


def open_group(workspace: Workspace, users: list[User], opener: str = "") -> Channel:
    """
    Return the conversation of the bot, or of `opener`, and these people.

    One person makes it direct. Raises SlackError where two bots would talk, or somebody has left.
    """
    if any(user.deleted for user in users):
        raise SlackError("user_disabled")
    state = workspace.state
    opener = opener or state.bot_user_id
    members = frozenset(user.id for user in users) | {opener}
    standing = state.ims.get(members)
    if standing is not None:
        return state.channels[standing]
    is_im = len(members) <= 2
    if is_im and users[0].is_bot and state.users[opener].is_bot:
        raise SlackError("cannot_dm_bot")
    names = "-".join(sorted(user.name for user in users))
    channel = Channel(
        id=state.next_id("D" if is_im else "G"),
        name=names if is_im else f"mpdm-{names}-1",
        is_im=is_im,
        is_mpim=not is_im,
        is_private=not is_im,
        created=int(workspace.clock.now()),
        members=set(members),
    )
    state.channels[channel.id] = channel
    state.ims[members] = channel.id
    workspace.was_born("channel", channel.id, names)
    workspace.tell_state()
    return channel


def named_conversation(workspace: Workspace, user: User, reference: str) -> Channel | None:
    """
    Return what `user` calls so: a channel, or their direct message with a person or the app.

    A direct message is opened if need be; `app` is the app, whatever its bot is called.
    """
    state = workspace.state
    channel = state.channel(reference)
    if channel is not None:
        return channel
    other = state.user(state.bot_user_id if reference == "app" else reference)
    if other is None or other.deleted:
        return None
    return open_group(workspace, [other], user.id)


def other_in(channel: Channel, user: str) -> str:
    """Return who a direct message is with, from one end; who writes to themself is alone in it."""
    return next((member for member in channel.members if member != user), user)

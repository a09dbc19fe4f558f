"""A person makes a channel, changes it, enters, leaves, or brings others in."""

from collections.abc import Callable
from functools import partial

from slack_playground.conversations import channels
from slack_playground.errors import SlackError
from slack_playground.people.outcome import Outcome, failed
from slack_playground.state import Channel, User
from slack_playground.workspace import Workspace


def create(workspace: Workspace, user: User, name: str, *, is_private: bool = False) -> Outcome:
    """Make a channel with the person in it; its id is in `answer`."""
    workspace.did("channels/create", user, name=name, is_private=is_private or None)
    try:
        channel = channels.create_channel(workspace, user.id, name, is_private=is_private)
    except SlackError as error:
        return failed(error.error)
    return Outcome(answer={"channel": {"id": channel.id, "name": channel.name}})


def join(workspace: Workspace, user: User, channel: Channel) -> Outcome:
    return _do(
        workspace, user, channel, "join", partial(channels.join, workspace, channel, user.id)
    )


def leave(workspace: Workspace, user: User, channel: Channel) -> Outcome:
    return _do(
        workspace, user, channel, "leave", partial(channels.leave, workspace, channel, user.id)
    )


def invite(workspace: Workspace, user: User, channel: Channel, invited: list[User]) -> Outcome:
    """Bring people in, the app's bot too."""
    ids = [one.id for one in invited]
    work = partial(channels.invite, workspace, channel, user.id, ids)
    return _do(workspace, user, channel, "invite", work, users=ids)


def kick(workspace: Workspace, user: User, channel: Channel, other: User) -> Outcome:
    work = partial(channels.kick, workspace, channel, user.id, other.id)
    return _do(workspace, user, channel, "kick", work, users=[other.id])


def set_topic(workspace: Workspace, user: User, channel: Channel, text: str) -> Outcome:
    work = partial(channels.set_topic, workspace, channel, user.id, text)
    return _do(workspace, user, channel, "topic", work, text=text)


def rename(workspace: Workspace, user: User, channel: Channel, name: str) -> Outcome:
    work = partial(channels.rename, workspace, channel, user.id, name)
    return _do(workspace, user, channel, "rename", work, name=name)


def archive(
    workspace: Workspace, user: User, channel: Channel, *, is_brought_back: bool = False
) -> Outcome:
    change = channels.unarchive if is_brought_back else channels.archive
    what = "unarchive" if is_brought_back else "archive"
    return _do(workspace, user, channel, what, partial(change, workspace, channel, user.id))


def _do(
    workspace: Workspace,
    user: User,
    channel: Channel,
    what: str,
    work: Callable[[], object],
    **said: object,
) -> Outcome:
    workspace.did(f"channels/{what}", user, channel=channel.id, **said)
    try:
        work()
    except SlackError as error:
        return failed(error.error)
    return Outcome()

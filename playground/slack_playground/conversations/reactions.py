"""An emoji given to a message and taken back, by a person or by the app."""

import re

from slack_playground.conversations.messages import tell_changed
from slack_playground.delivery.message_events import send_reaction
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Message
from slack_playground.workspace import Workspace

# https://slack.com/help/articles/202931348: 23 by one person, 50 in all.
MOST_BY_ONE = 23
MOST_KINDS = 50

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")


def reaction_name(said: str) -> str:
    """Return the name between the colons; raise SlackError if it is none."""
    name = said.strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def give(workspace: Workspace, channel: Channel, message: Message, name: str, user: str) -> None:
    """Let `user` react, once with each emoji."""
    if channel.is_archived:
        raise SlackError("is_archived")
    given = message.reactions
    if user in given.get(name, []):
        raise SlackError("already_reacted")
    if sum(user in users for users in given.values()) >= MOST_BY_ONE:
        raise SlackError("too_many_reactions")
    if name not in given and len(given) >= MOST_KINDS:
        raise SlackError("too_many_emoji")
    given.setdefault(name, []).append(user)
    tell_changed(workspace, channel, message)
    send_reaction(workspace, channel, message, "reaction_added", name, user)


def take_back(
    workspace: Workspace, channel: Channel, message: Message, name: str, user: str
) -> None:
    users = message.reactions.get(name, [])
    if user not in users:
        raise SlackError("no_reaction")
    users.remove(user)
    if not users:
        del message.reactions[name]
    tell_changed(workspace, channel, message)
    send_reaction(workspace, channel, message, "reaction_removed", name, user)

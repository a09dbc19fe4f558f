"""An emoji given to a message and taken back, by a person or by the app."""

from slack_playground.conversations.messages import tell_changed
from slack_playground.delivery.message_events import send_reaction
from slack_playground.emoji import canonical_name
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Message
from slack_playground.workspace import Workspace

# https://slack.com/help/articles/202931348: 23 by one person, 50 in all.
MOST_BY_ONE = 23
MOST_KINDS = 50


def reaction_name(workspace: Workspace, name: str) -> str:
    """
    Return the name that counts of an emoji, e.g. `+1` for `thumbsup`.

    Raises SlackError for what is neither a standard emoji nor one of the workspace's own,
    and for names between colons.
    """
    if name in workspace.state.emoji:
        return name
    canonical = canonical_name(name)
    if canonical is None:
        raise SlackError("invalid_name")
    return canonical


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

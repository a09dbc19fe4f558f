"""`/ops delivery …` and `/ops why …`."""

import re

from bot.errors import InvalidError
from listeners.commands.command_request import Asked, CommandReply
from listeners.views.message_history_builder import build_dead_list, build_replayed, build_story

_MAX_DEAD_LETTERS = 10
#: A permalink: the `p` is followed by the timestamp without its point.
_LINK = re.compile(r"https?://\S+?/archives/([CDG][A-Z0-9]+)/p(\d+)(\d{6})(?:[?#]\S*)?")


async def show_delivery(asked: Asked) -> CommandReply:
    """Return the history of a message."""
    key = asked.request.values["id"]
    return build_story(await asked.services.requests.status(asked.owner.tenant, key))


async def replay_delivery(asked: Asked) -> CommandReply:
    """Send a dead letter again and say so in the channel, as for any change of shared state."""
    await asked.services.rights.require_operator(asked.user_id)
    key = asked.request.values["id"]
    await asked.services.requests.replay(asked.owner.tenant, key, by=asked.user_id)
    return build_replayed(key, by=asked.user_id)


async def list_dead(asked: Asked) -> CommandReply:
    """Return the newest dead letters, each with its fix and the command to replay it."""
    found = await asked.services.requests.dead(asked.owner.tenant, _MAX_DEAD_LETTERS)
    return build_dead_list(found, limit=_MAX_DEAD_LETTERS)


async def show_why(asked: Asked) -> CommandReply:
    """Return the history of the message behind a link."""
    link = _LINK.fullmatch(asked.request.values["link"])
    if link is None:
        raise InvalidError("Not a link to a message: use *Copy link* in the message's menu.")
    ts = f"{link[2]}.{link[3]}"
    workspace = asked.owner.workspace_id
    return build_story(await asked.services.requests.of_place(workspace, link[1], ts))

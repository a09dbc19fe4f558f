"""A channel as a caller writes it → its id, in the workspace that is meant."""

import re
from collections.abc import Awaitable, Callable

from bot.errors import FieldProblem, InvalidError
from bot.http.services import Channels
from bot.messages.destinations import is_outlet
from bot.workspaces.directory import read_id

PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")


async def resolve_channel(channels: Channels, workspace_id: str, channel: str) -> str:
    """Return the id of *channel*; raise `InvalidError` that names the field."""
    return await by_name(channels, workspace_id, channel, "channel")


async def resolve_destination(
    channels: Channels, workspace: Callable[[], Awaitable[str]], channel: str, field: str
) -> str:
    """
    Return the id of a channel or a person; raise `InvalidError` that names *field*.

    *workspace* is asked only where a name has to be looked up.
    """
    found = channel if PERSON.fullmatch(channel) else read_id(channel)
    if found:
        return found
    place = await workspace()
    # A destination knows no channels; whoever checks the order says so.
    return channel if is_outlet(place) else await by_name(channels, place, channel, field)


async def by_name(channels: Channels, workspace_id: str, channel: str, field: str) -> str:
    try:
        return await channels.channel_id(workspace_id, channel)
    except InvalidError as error:
        raise InvalidError(f"`{field}`: {error}", [FieldProblem(field, str(error))]) from error

"""Resolves a channel, as callers write it, to its id in the right workspace."""

from collections.abc import Awaitable, Callable

from bot.errors import FieldProblem, InvalidError
from bot.http.services import Channels
from bot.ids import is_slack_user_id
from bot.messages.destinations import is_destination
from bot.workspaces.directory import read_id


async def resolve_channel(channels: Channels, workspace_id: str, channel: str) -> str:
    """Return the id of *channel*; raise `InvalidError` that names the field."""
    return await by_name(channels, workspace_id, channel, "channel")


async def resolve_recipient(
    channels: Channels, workspace: Callable[[], Awaitable[str]], channel: str, field: str
) -> str:
    """
    Return the id of a channel or a person; raise `InvalidError` that names *field*.

    *workspace* is asked only where a name has to be looked up.
    """
    found = channel if is_slack_user_id(channel) else read_id(channel)
    if found:
        return found
    place = await workspace()
    # A destination has no channels; the check of the request reports that.
    return channel if is_destination(place) else await by_name(channels, place, channel, field)


async def by_name(channels: Channels, workspace_id: str, channel: str, field: str) -> str:
    try:
        return await channels.channel_id(workspace_id, channel)
    except InvalidError as error:
        raise InvalidError(f"`{field}`: {error}", [FieldProblem(field, str(error))]) from error

"""A channel as a caller writes it → its id."""

import re

from bot.errors import FieldProblem, InvalidError
from bot.http.services import Channels

PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")


async def resolve_channel(directory: Channels, channel: str) -> str:
    """Return the id of *channel*; raise `InvalidError` that names the field."""
    return await by_name(directory, channel, "channel")


async def resolve_destination(directory: Channels, channel: str, field: str) -> str:
    """Return the id of a channel or a person; raise `InvalidError` that names *field*."""
    if PERSON.fullmatch(channel):
        return channel
    return await by_name(directory, channel, field)


async def by_name(directory: Channels, channel: str, field: str) -> str:
    try:
        return await directory.channel_id(channel)
    except InvalidError as error:
        raise InvalidError(str(error), [FieldProblem(field, str(error))]) from error

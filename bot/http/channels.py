"""A channel as a caller writes it → its id."""

from bot.errors import FieldProblem, InvalidError
from bot.http.services import Channels


async def resolve_channel(directory: Channels, channel: str) -> str:
    """Return the id of *channel*; raise `InvalidError` that names the field."""
    try:
        return await directory.channel_id(channel)
    except InvalidError as error:
        raise InvalidError(str(error), [FieldProblem("channel", str(error))]) from error

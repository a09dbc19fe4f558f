"""Checks that the bot is in a channel."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import FieldProblem, InvalidError

#: What Slack answers about private channels and direct messages that the bot is not in.
_UNSEEN = frozenset({"channel_not_found", "method_not_supported_for_channel_type"})


async def require_membership(
    client: AsyncWebClient, channel: str, bot_name: str, *, refusal: str = "Nothing was started"
) -> None:
    """
    Raise `InvalidError` for the field `channel`, with the way in, if the bot is not in *channel*.

    When Slack does not tell, the message is tried: the lane says what went wrong with it.
    """
    try:
        found = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        if error.response.get("error") not in _UNSEEN:
            return
        found = {}
    if found.get("is_member") or found.get("is_im"):
        return
    way_in = (
        "choose a channel that I am in"
        if channel.startswith("D")
        else f"type `/invite @{bot_name}` there and try again"
    )
    message = f"{refusal} because I am not in <#{channel}>: {way_in}."
    plain = f"{refusal} because I am not in that channel: {way_in}."
    raise InvalidError(message, [FieldProblem("channel", plain)])

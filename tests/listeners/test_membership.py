"""Whether the bot can write where somebody wants it to."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import InvalidError
from listeners.membership import require_membership
from tests.listeners.room import OPS, Room


def client_of(room: Room) -> AsyncWebClient:
    """Return a client as Bolt hands it to listeners."""
    return AsyncWebClient(token=room.playground.bot_token, base_url=room.playground.api_url)


async def test_where_the_bot_is_it_may_write(room: Room) -> None:
    """In a channel it was invited to, and in its own direct messages."""
    await require_membership(client_of(room), OPS, "Opsbell")
    await require_membership(client_of(room), room.playground.im("ada").id, "Opsbell")


async def test_what_the_bot_cannot_see_it_is_not_in(room: Room) -> None:
    """Slack hides private channels from strangers; the way in is the same."""
    with pytest.raises(InvalidError, match="/invite @Opsbell"):
        await require_membership(client_of(room), "C0HIDDEN01", "Opsbell")


async def test_in_the_direct_messages_of_others_nobody_can_invite(room: Room) -> None:
    """The answer names another place instead of a command that does not work there."""
    with pytest.raises(InvalidError, match="choose a channel that I am in"):
        await require_membership(client_of(room), "D0HIDDEN01", "Opsbell")


async def test_when_slack_does_not_tell_the_message_is_tried(room: Room) -> None:
    """A missing scope or a failing Slack is no reason to refuse work."""
    room.playground.fail("conversations.info", "error", error="internal_error")
    await require_membership(client_of(room), "C0HIDDEN01", "Opsbell")

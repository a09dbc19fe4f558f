"""What all transports share that can only post."""

from abc import ABC, abstractmethod

from bot.messages.policy import SlackResponse
from bot.messages.transports.base import Found, Outgoing


class OneWay(ABC):
    """Nothing there can be edited, looked up or entered."""

    at_a_time = 1

    @abstractmethod
    async def post(self, outgoing: Outgoing) -> SlackResponse:
        """Bring a new message there."""

    async def edit(self, outgoing: Outgoing) -> SlackResponse:
        """Post a new message, because the old one cannot be edited."""
        return await self.post(outgoing)

    async def find(self, _outgoing: Outgoing) -> Found:
        """Say that nothing can be looked up."""
        return Found(readable=False)

    async def delete(self, _channel: str, _ts: str) -> SlackResponse:
        """Say that nothing can be taken back."""
        return SlackResponse(error="cant_delete_message")

    async def join(self, _channel: str) -> SlackResponse:
        """Say that there is nothing to enter."""
        return SlackResponse(error="not_in_channel")

"""What is true of every place that can only be posted to."""

from abc import ABC, abstractmethod

from bot.messages.policy import Answer
from bot.messages.transports.base import Found, Outgoing


class OneWay(ABC):
    """Nothing there can be edited, looked up or entered."""

    at_a_time = 1

    @abstractmethod
    async def post(self, outgoing: Outgoing) -> Answer:
        """Bring a new message there."""

    async def edit(self, outgoing: Outgoing) -> Answer:
        """Post anew: what was posted is out of reach."""
        return await self.post(outgoing)

    async def find(self, _outgoing: Outgoing) -> Found:
        """Say that nothing can be looked up."""
        return Found(readable=False)

    async def delete(self, _channel: str, _ts: str) -> Answer:
        """Say that nothing can be taken back."""
        return Answer(error="cant_delete_message")

    async def join(self, _channel: str) -> Answer:
        """Say that there is nothing to enter."""
        return Answer(error="not_in_channel")

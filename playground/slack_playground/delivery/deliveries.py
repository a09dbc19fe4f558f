"""The one door to the app: a socket, or its request URLs."""

from slack_playground.delivery.outcome import Delivery
from slack_playground.delivery.requests import Requests
from slack_playground.delivery.sockets import Sockets
from slack_playground.state import Record


class Deliveries:
    """Sends payloads over HTTP where the app has addresses for it, else over its sockets."""

    def __init__(self, sockets: Sockets, requests: Requests) -> None:
        self._sockets = sockets
        self._requests = requests

    @property
    def were_wanted(self) -> bool:
        """Whether there is, or ever was, an app to deliver to."""
        return self._requests.are_used or self._sockets.was_wanted

    async def deliver(
        self,
        kind: str,
        payload: Record,
        *,
        takes_answer: bool = True,
        retry: tuple[int, str] | None = None,
    ) -> Delivery:
        """
        Send one payload and wait for its acknowledgement.

        Raises PageError if there is a reset before that: the workspace knows nothing of it then.
        """
        way = self._requests if self._requests.are_used else self._sockets
        return await way.deliver(kind, payload, takes_answer=takes_answer, retry=retry)

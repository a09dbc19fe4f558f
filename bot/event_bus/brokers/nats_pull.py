"""Asks JetStream for messages one at a time, and never lets the request for one expire."""

import asyncio
import json
import time

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import StatusCode

from bot.event_bus.brokers.broker import BrokerError

#: A request is replaced long before the server drops it.
_RENEW_SECONDS = 5.0
_EXPIRY_SECONDS = 15


class NatsPull:
    """
    A request for the next message of a consumer, which waits at the server between two calls.

    Older servers (2.9.10 was tried) lose a redelivery if only expired requests, or those of a
    client that is gone, wait for it: the message waits for another `ack_wait`, and after a few
    times the consumer delivers nothing more. So there is a new request before an old one is
    withdrawn.
    """

    def __init__(
        self, client: Client, stream: str, consumer: str, renew_seconds: float = _RENEW_SECONDS
    ) -> None:
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._renew_seconds = renew_seconds
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self._inbox: Subscription | None = None
        self._asked_at: float | None = None

    async def next(self, seconds: float) -> Msg | None:
        """
        Return the next message; None if none comes in that time.

        Raises `BrokerError` if the server refuses the request, and the errors of NATS.
        """
        now = time.monotonic()
        if self._asked_at is None:
            await self._ask(now)
        elif now - self._asked_at >= self._renew_seconds:
            await self._renew(now)
        try:
            async with asyncio.timeout(seconds):
                message = await self._arrived.get()
        except TimeoutError:
            return None
        self._asked_at = None
        headers = message.headers or {}
        status = headers.get("Status")
        if message.reply:
            return message
        if status == StatusCode.REQUEST_TIMEOUT:
            return None
        raise BrokerError(f"NATS: {status} {headers.get('Description', '')}".rstrip())

    async def _renew(self, now: float) -> None:
        old, self._inbox = self._inbox, None
        await self._ask(now)
        if old is not None:
            # What it still receives is kept.
            await old.drain()  # type: ignore[no-untyped-call]

    async def _ask(self, now: float) -> None:
        if self._inbox is None:
            inbox = self._client.new_inbox()
            self._inbox = await self._client.subscribe(inbox, cb=self._arrived.put)
        wanted = {"batch": 1, "expires": _EXPIRY_SECONDS * 1_000_000_000}
        await self._client.publish(
            self._subject, json.dumps(wanted).encode(), reply=self._inbox.subject
        )
        self._asked_at = now

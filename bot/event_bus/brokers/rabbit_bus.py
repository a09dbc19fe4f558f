"""RabbitMQ: queues for requests and dead letters, a topic exchange for events."""

import asyncio
from collections.abc import Mapping
from functools import partial

from aio_pika import ExchangeType
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError, ChannelNotFoundEntity
from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit import ExchangeType as StreamExchangeType
from faststream.rabbit.message import RabbitMessage

from bot.config_sections.bus import BusSettings
from bot.event_bus.brokers.broker import (
    BROKER_SECONDS,
    Arrived,
    BrokerError,
    BusMessage,
    broker_call,
    close_quietly,
    header_texts,
)

_PREFETCH = 20
_rabbit_call = partial(broker_call, "RabbitMQ", (AMQPError, ChannelInvalidStateError))


class _RabbitArrived:
    """A message of the queue."""

    def __init__(self, message: RabbitMessage) -> None:
        self._message = message
        self.body: bytes = message.body
        self.is_redelivered = bool(message.raw_message.redelivered)
        headers = header_texts(message.headers)
        if message.content_type:
            headers["content-type"] = message.content_type
        self.headers: Mapping[str, str] = headers

    async def ack(self) -> None:
        with _rabbit_call():
            await self._message.ack()

    async def keep(self) -> None:
        """Do nothing: a message stays with its consumer as long as the connection."""


class RabbitBus:
    """A queue or an exchange that exists is used as it is; one that is missing is created."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings
        self._broker = RabbitBroker(
            settings.address(),
            logger=None,
            timeout=BROKER_SECONDS,
            fail_fast=True,
            default_channel=Channel(prefetch_count=_PREFETCH),
        )
        self._next: asyncio.Future[RabbitMessage] | None = None
        events = settings.events or ""
        self._events = RabbitExchange(events, type=StreamExchangeType.TOPIC, declare=False)

    async def open(self, *, receives: bool) -> None:
        with _rabbit_call():
            connection = await self._broker.connect()
            settings = self._settings
            if not receives:
                await _ensure_exchange(connection, settings.events or "")
                return
            for queue in (settings.rejected, settings.requests):
                await _ensure_queue(connection, queue or "")
            self._subscriber = self._broker.subscriber(
                RabbitQueue(settings.requests or "", declare=False)
            )
            await self._broker.start()
            self._arriving = aiter(self._subscriber)

    async def next(self, seconds: float) -> Arrived | None:
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._arriving))
        # Not cancelled: that would end the consumer.
        await asyncio.wait([self._next], timeout=seconds)
        if not self._next.done():
            if not await self._broker.ping(timeout=BROKER_SECONDS):
                raise BrokerError("the connection to RabbitMQ is lost")
            return None
        done, self._next = self._next, None
        with _rabbit_call():
            return _RabbitArrived(done.result())

    async def publish(self, topic: str, message: BusMessage) -> None:
        is_event = topic == self._settings.events
        with _rabbit_call():
            await self._broker.publish(
                message.body,
                exchange=self._events if is_event else None,
                routing_key=message.type if is_event else topic,
                mandatory=not is_event,
                persist=True,
                message_id=message.id,
                content_type=message.content_type,
                headers=dict(message.headers),
                timeout=BROKER_SECONDS,
            )

    async def waiting(self, topic: str) -> int | None:
        with _rabbit_call():
            connection = await self._broker.connect()
            channel = await connection.channel()
            try:
                if topic == self._settings.events:
                    await channel.declare_exchange(topic, passive=True)
                    count: int | None = 0
                else:
                    queue = await channel.declare_queue(topic, passive=True)
                    # Those that were delivered and not acknowledged are not among them.
                    count = queue.declaration_result.message_count
            except ChannelNotFoundEntity:  # It has closed the channel.
                return None
            await channel.close()
            return count

    async def close(self) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])
        await close_quietly(self._broker.stop, AMQPError, ChannelInvalidStateError)


async def _ensure_queue(connection: AbstractConnection, name: str) -> None:
    channel = await connection.channel()
    try:
        await channel.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:  # It has closed the channel.
        channel = await connection.channel()
        await channel.declare_queue(name, durable=True)
    await channel.close()


async def _ensure_exchange(connection: AbstractConnection, name: str) -> None:
    channel = await connection.channel()
    try:
        await channel.declare_exchange(name, passive=True)
    except ChannelNotFoundEntity:
        channel = await connection.channel()
        await channel.declare_exchange(name, ExchangeType.TOPIC, durable=True)
    await channel.close()

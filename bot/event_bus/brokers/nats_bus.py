"""NATS JetStream: a stream for requests, one for events, a durable consumer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from bot.config_sections.bus import BusSettings
from bot.event_bus.brokers.broker import (
    BROKER_SECONDS,
    Arrived,
    BrokerError,
    BusMessage,
    MessageTooLargeError,
    broker_call,
    close_quietly,
    header_texts,
)
from bot.event_bus.brokers.nats_pull import NatsPull

#: The stream has a `max_msg_size`.
_TOO_LARGE_FOR_STREAM = 10054


@contextmanager
def _nats_call() -> Iterator[None]:
    with broker_call("NATS", (Error,), (MaxPayloadError,)):
        try:
            yield
        except ServiceUnavailableError as error:
            if error.err_code is not None:
                raise
            raise BrokerError("NATS: JetStream is not enabled on this server") from error


class _NatsArrived:
    """A message of the stream."""

    def __init__(self, message: Msg) -> None:
        self._message = message
        self.body: bytes = message.data
        self.headers: Mapping[str, str] = header_texts(message.headers or {})
        self.is_redelivered = message.metadata.num_delivered > 1

    async def ack(self) -> None:
        with _nats_call():
            await self._message.ack_sync()

    async def keep(self) -> None:
        with _nats_call():
            await self._message.in_progress()


class NatsBus:
    """A stream that covers a subject is used as it is; one that is missing is created."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings
        self._broker = NatsBroker(
            settings.address(),
            logger=None,
            allow_reconnect=False,  # After an error another connection is made.
            # Or the package tries a server that is away for two minutes before it says so.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=int(BROKER_SECONDS),
        )
        self._client: Client | None = None

    async def open(self, *, receives: bool) -> None:
        with _nats_call():
            client = self._client = await self._broker.connect()
            jetstream = client.jetstream(timeout=BROKER_SECONDS)
            settings = self._settings
            if not receives:
                await _stream_of(jetstream, settings.events or "")
                return
            subject = settings.requests or ""
            stream = await _stream_of(jetstream, subject)
            await _stream_of(jetstream, settings.rejected or "")
            await jetstream.add_consumer(stream, self._consumer(subject))
            self._pull = NatsPull(client, stream, settings.group)

    def _consumer(self, subject: str) -> ConsumerConfig:
        return ConsumerConfig(
            durable_name=self._settings.group,
            filter_subject=subject,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self._settings.redelivery_seconds,
            max_deliver=-1,
            max_ack_pending=1,  # In order, also after a process was killed.
        )

    async def next(self, seconds: float) -> Arrived | None:
        with _nats_call():
            found = await self._pull.next(seconds)
        if found is None:
            self._require_connection()
            return None
        return _NatsArrived(found)

    async def publish(self, topic: str, message: BusMessage) -> None:
        with _nats_call():
            client = await self._broker.connect()
            headers = {**message.headers, "content-type": message.content_type}
            # Within a stream's window for duplicates, NATS keeps only one with the same id.
            headers["Nats-Msg-Id"] = message.id
            try:
                await client.jetstream(timeout=BROKER_SECONDS).publish(
                    topic, message.body, headers=headers
                )
            except APIError as error:
                if error.err_code == _TOO_LARGE_FOR_STREAM:
                    raise MessageTooLargeError(
                        "the stream takes no message of this size"
                    ) from error
                raise

    async def waiting(self, topic: str) -> int | None:
        with _nats_call():
            client = self._client = await self._broker.connect()
            jetstream = client.jetstream(timeout=BROKER_SECONDS)
            try:
                stream = await jetstream.find_stream_name_by_subject(topic)
                if topic == self._settings.requests:
                    consumer = await jetstream.consumer_info(stream, self._settings.group)
                    return (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
                if topic == self._settings.events:
                    return 0
                # The stream may keep other subjects, too.
                state = (await jetstream.stream_info(stream, subjects_filter=topic)).state
                return sum((state.subjects or {}).values())
            except NotFoundError:
                return None

    async def close(self) -> None:
        await close_quietly(self._broker.stop, Error)
        if self._client is not None:  # FastStream leaves it if a consumer cannot say goodbye.
            await close_quietly(self._client.close, Error)

    def _require_connection(self) -> None:
        if self._client is None or not self._client.is_connected:
            raise BrokerError("the connection to NATS is lost")


async def _stream_of(jetstream: JetStreamContext, subject: str) -> str:
    """Return the name of the stream that keeps a subject; create one if there is none."""
    try:
        return await jetstream.find_stream_name_by_subject(subject)
    except NotFoundError:
        name = subject.replace(".", "_")
        await jetstream.add_stream(name=name, subjects=[subject])
        return name

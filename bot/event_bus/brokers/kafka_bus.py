"""Kafka: topics, and one consumer group."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

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

_kafka_call = partial(broker_call, "Kafka", (KafkaError,), (MessageSizeTooLargeError,))


class _KafkaArrived:
    """A record of the topic; to acknowledge it commits its offset. Kafka counts no deliveries."""

    is_redelivered = False

    def __init__(self, message: KafkaMessage) -> None:
        self._message = message
        self.body: bytes = message.body or b""  # A tombstone has none.
        self.headers: Mapping[str, str] = _record_headers(message)

    async def ack(self) -> None:
        with _kafka_call():
            await self._message.ack()

    async def keep(self) -> None:
        """Do nothing: a partition stays with its consumer for five minutes."""


class KafkaBus:
    """Topics are created by the broker if it allows that, else by whoever runs it."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings
        servers = self._servers = settings.address().partition("://")[2].split(",")
        # Idempotent: a record that is sent again after a lost answer is not stored twice.
        self._broker = KafkaBroker(servers, logger=None, acks="all", enable_idempotence=True)

    async def open(self, *, receives: bool) -> None:
        with _kafka_call():
            if receives:
                self._subscriber = self._broker.subscriber(
                    self._settings.requests or "",
                    group_id=self._settings.group,
                    auto_offset_reset="earliest",
                    ack_policy=AckPolicy.MANUAL,
                    parser=_parse_record,
                )
            await self._broker.start()

    async def next(self, seconds: float) -> Arrived | None:
        with _kafka_call():
            found = await self._subscriber.get_one(timeout=seconds)
            if found is None and not await self._broker.ping(timeout=BROKER_SECONDS):
                raise BrokerError("the connection to Kafka is lost")
        return None if found is None else _KafkaArrived(found)

    async def publish(self, topic: str, message: BusMessage) -> None:
        headers = {**message.headers, "content-type": message.content_type}
        with _kafka_call():
            await self._broker.publish(
                message.body, topic, key=message.key.encode(), headers=headers
            )

    async def waiting(self, topic: str) -> int | None:
        """Return 0 for any topic that is there: a group's lag takes more than it is worth here."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers)
        with _kafka_call():
            try:
                await admin.start()
                return 0 if topic in await admin.list_topics() else None
            finally:
                await admin.close()

    async def close(self) -> None:
        await close_quietly(self._broker.stop, KafkaError)


async def _parse_record(record: Any, parse: Any) -> Any:
    """Show FastStream no headers: it fails at those that are not UTF-8, each time they come."""
    message = await parse(replace(record, headers=()))
    message.raw_message = record
    return message


def _record_headers(message: KafkaMessage) -> Mapping[str, str]:
    record: Any = message.raw_message
    return header_texts(
        {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    )

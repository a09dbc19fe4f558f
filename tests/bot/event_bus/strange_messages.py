"""Messages that no CloudEvents library would send, each by its broker's own client."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aio_pika
import nats
import redis.asyncio
from aiokafka import AIOKafkaProducer

from bot.config_sections.bus import BusSettings

#: Neither UTF-8 nor ASCII.
_BYTES = b"\xff\xfe"


async def _send_by_redis(settings: BusSettings) -> int:
    entries: list[Mapping[Any, Any]] = [
        {"other": "a field"},
        {"data": b""},
        {"data": _BYTES},
        {_BYTES: _BYTES, "data": b"[]"},
        {"__data__": b""},
        {"__data__": _BYTES},
        {"__data__": b"\x89BIN\r\n\x1a\n" + _BYTES * 20},
        {"__data__": b'{"data": 1, "headers": 7}'},
        {"__data__": b"[" * 30_000},
        {"data": b"[" * 100_000},
    ]
    client = redis.asyncio.from_url(settings.address())
    for entry in entries:
        await client.xadd(settings.requests or "", entry)  # type: ignore[arg-type]
    await client.aclose()
    return len(entries)


async def _send_by_nats(settings: BusSettings) -> int:
    bodies = (b"", _BYTES, b"[" * 100_000)
    headers: list[dict[str, str]] = [
        {"Status": "408", "Description": "Request Timeout"},
        {"ce-specversion": "1.0", "ce-id": "é", "content-type": "\x7f"},
        {"ce-specversion": "1.0", "content-type": "application/cloudevents+json; charset=none"},
    ]
    client = await nats.connect(settings.address())
    for body in bodies:
        await client.publish(settings.requests or "", body)
    for header in headers:
        await client.publish(settings.requests or "", b"{}", headers=header)
    # By hand, as the client would not: bytes, no colon, nothing.
    lines = (b"NATS/1.0\r\nce-id: " + _BYTES + b"\r\n\r\n", b"NATS/1.0\r\nno colon\r\n\r\n")
    for line in lines:
        sizes = f"{len(line)} {len(line) + 2}"
        frame = f"HPUB {settings.requests} {sizes}\r\n".encode() + line + b"{}\r\n"
        await client._send_command(frame)
    await client.flush()
    await client.close()
    return len(bodies) + len(headers) + len(lines)


async def _send_by_rabbit(settings: BusSettings) -> int:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    nested: Any = {"x": [{"y": None}], "ce_id": 7, "cloudEvents:time": at}
    messages = [
        aio_pika.Message(b""),
        aio_pika.Message(_BYTES, content_type="application/json", content_encoding="gzip"),
        aio_pika.Message(b"{}", headers=nested, reply_to="anywhere", correlation_id="c"),
        aio_pika.Message(b"{}", content_type="é" * 50, type="t", expiration=60, priority=9),
        aio_pika.Message(b"[" * 100_000, content_type="application/json"),
    ]
    async with await aio_pika.connect(settings.address()) as connection:
        channel = await connection.channel()
        for message in messages:
            await channel.default_exchange.publish(message, settings.requests or "")
    return len(messages)


async def _send_by_kafka(settings: BusSettings) -> int:
    records: list[dict[str, Any]] = [
        {"value": None, "key": _BYTES},
        {"value": b""},
        {"value": _BYTES, "headers": [("ce_id", _BYTES)]},
        {"value": b"{}", "headers": [("ce_id", b"1"), ("ce_id", b"2")]},
        {"value": b"{}", "headers": [("", b"")]},
        {"value": b"[" * 100_000, "headers": [("correlation_id", _BYTES), ("reply_to", b"x")]},
    ]
    producer = AIOKafkaProducer(bootstrap_servers=settings.address().partition("://")[2])
    await producer.start()
    for record in records:
        await producer.send_and_wait(settings.requests or "", partition=0, **record)
    await producer.stop()
    return len(records)


#: By scheme: sends strange messages to the topic of requests, and returns how many.
SEND_STRANGE_MESSAGES: dict[str, Callable[[BusSettings], Awaitable[int]]] = {
    "redis": _send_by_redis,
    "nats": _send_by_nats,
    "amqp": _send_by_rabbit,
    "kafka": _send_by_kafka,
}

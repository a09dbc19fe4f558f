"""Redis Streams: an entry has the field `data`, and its headers as fields beside it."""

import contextlib
import logging
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import RedisStreamMessage
from redis.exceptions import RedisError, ResponseError

from bot.config_sections.bus import BusSettings
from bot.event_bus.brokers.broker import (
    BROKER_SECONDS,
    Arrived,
    BusMessage,
    broker_call,
    close_quietly,
    header_texts,
)

#: The field of an entry that is the message itself.
_DATA = "data"
#: What FastStream's own publishers write.
_ENVELOPE = b"__data__"

_redis_call = partial(broker_call, "Redis", (RedisError,))


class _RedisArrived:
    """An entry of the stream."""

    def __init__(self, message: RedisStreamMessage, *, is_redelivered: bool) -> None:
        self._message = message
        self.is_redelivered = is_redelivered
        self.body, self.headers = _contents_of(message)

    async def ack(self) -> None:
        with _redis_call():
            await self._message.ack()

    async def keep(self) -> None:
        """Do nothing: an entry that was delivered stays with its reader."""


class RedisBus:
    """What a process that was killed had read is read again first; there is one reader."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings
        self._broker = RedisBroker(
            settings.address(),
            logger=logging.getLogger(__name__),
            socket_connect_timeout=BROKER_SECONDS,
            socket_timeout=2 * BROKER_SECONDS,
        )
        self._has_left_over = True

    async def open(self, *, receives: bool) -> None:
        with _redis_call():
            client: Any = await self._broker.connect()
            await client.ping()
            if not receives:
                return
            stream, group = self._settings.requests or "", self._settings.group
            with contextlib.suppress(ResponseError):  # It exists.
                await client.xgroup_create(stream, group, id="0", mkstream=True)
            consumer = socket.gethostname()
            self._left_over = self._broker.subscriber(
                stream=StreamSub(stream, group=group, consumer=consumer, min_idle_time=0),
                parser=_parse,
            )
            self._new = self._broker.subscriber(
                stream=StreamSub(stream, group=group, consumer=consumer), parser=_parse
            )
            await self._broker.start()

    async def next(self, seconds: float) -> Arrived | None:
        with _redis_call():
            if self._has_left_over:
                found = await self._left_over.get_one(timeout=seconds)
                self._has_left_over = found is not None
            if not self._has_left_over:
                found = await self._new.get_one(timeout=seconds)
        if found is None:
            return None
        return _RedisArrived(found, is_redelivered=self._has_left_over)

    async def publish(self, topic: str, message: BusMessage) -> None:
        with _redis_call():
            client: Any = await self._broker.connect()
            fields = {**message.headers, "content-type": message.content_type}
            await client.xadd(topic, {**fields, _DATA: message.body})

    async def waiting(self, topic: str) -> int | None:
        with _redis_call():
            client: Any = await self._broker.connect()
            if not await client.exists(topic):
                return None
            if topic == self._settings.events:
                return 0
            if topic != self._settings.requests:
                return int(await client.xlen(topic))
            groups = {_group_name(one["name"]): one for one in await client.xinfo_groups(topic)}
            group = groups.get(self._settings.group)
            # Redis does not know the lag if entries were deleted.
            return None if group is None else int(group["pending"]) + int(group.get("lag") or 0)

    async def close(self) -> None:
        await close_quietly(self._broker.stop, RedisError)


async def _parse(raw: Any, parse: Any) -> Any:
    """Let FastStream see nothing but its own envelope: it would guess at other fields."""
    if _ENVELOPE in raw["data"]:
        return await parse(raw)
    message = await parse({**raw, "data": {_ENVELOPE: b"-"}})
    message.raw_message = raw
    return message


def _contents_of(message: RedisStreamMessage) -> tuple[bytes, Mapping[str, str]]:
    """Return body and headers of an entry."""
    fields = message.raw_message["data"]
    if _ENVELOPE in fields:
        return message.body, header_texts(message.headers)
    texts = {
        name.decode(errors="replace").lower(): value.decode(errors="replace")
        for name, value in fields.items()
    }
    texts.pop(_DATA, None)
    return fields.get(_DATA.encode(), b""), texts


def _group_name(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value

"""Another program at the broker: it sends requests, and reads events and dead letters."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import aio_pika
from sqlmodel import Session, col, select

from bot.config_sections.bus import BusSettings
from bot.event_bus.brokers.broker import Arrived, Broker, BusMessage
from bot.event_bus.brokers.choice import broker_maker
from bot.event_bus.wiring import event_bus
from bot.http.services import HttpServices
from bot.messages.models import Message
from bot.telemetry.bus_figures import figures_of_bus
from bot.telemetry.meters import Meters
from tests.patience import until

STRUCTURED = "application/cloudevents+json"


def request(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return an event that asks for a message."""
    return {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "/shop",
        "type": "opsbell.message.request",
        "data": {"channel": "C0OPS", "templateCode": "text", "payload": {"text": f"Hi {number}"}},
        **changes,
    }


@dataclass
class BusRoom:
    """The bus of a test, and the other program's connections."""

    settings: BusSettings
    services: HttpServices
    _sender: Broker = field(init=False)
    _readers: dict[str, Broker] = field(default_factory=dict)

    async def open(self) -> None:
        # Of another group: it takes nothing of what it sends.
        other = self.settings.model_copy(update={"group": "sender"})
        self._sender = broker_maker(other)()
        await self._sender.open(receives=True)
        if self.settings.address().startswith("amqp") and self.settings.events:
            await bind_queue(self.settings.address(), self.settings.events)

    async def close(self) -> None:
        for broker in (self._sender, *self._readers.values()):
            await broker.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[HttpServices]:
        """Run the bus as the bot does."""
        config = self.services.settings.config.model_copy(update={"bus": self.settings})
        settings = self.services.settings.model_copy(update={"config": config})
        bus = figures_of_bus(self.settings, self.services.clock)
        services = replace(self.services, settings=settings, meters=Meters(), bus=bus)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(event_bus(services))
            yield services

    async def send(self, event: Any, headers: Mapping[str, str] | None = None) -> None:
        """Publish a request: an event, or the bytes of something else."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        headers = dict(headers or {})
        content_type = headers.pop("content-type", STRUCTURED)
        # Never an id twice: NATS drops what repeats one within two minutes.
        message = BusMessage(uuid4().hex, "any", "any", body, content_type, headers)
        await self._sender.publish(self.settings.requests or "", message)

    async def next(self, topic: str | None) -> Arrived:
        """Return the next message of a topic, acknowledged."""
        reader = await self._reader(topic or "")
        found = await until(lambda: reader.next(1))
        assert found is not None
        await found.ack()
        return found

    async def next_event(self) -> dict[str, Any]:
        """Return the next event that was published."""
        found: dict[str, Any] = json.loads((await self.next(self.settings.events)).body)
        return found

    async def _reader(self, topic: str) -> Broker:
        if topic not in self._readers:
            there = self.settings.model_copy(
                update={
                    "requests": topic,
                    "dead_letters": f"{topic}.no",
                    "events": None,
                    "group": "reader",
                }
            )
            self._readers[topic] = broker_maker(there)()
            await self._readers[topic].open(receives=True)
        return self._readers[topic]

    def texts(self) -> list[str]:
        """Return what the messages in the database say, the oldest first."""

        def work(session: Session) -> list[str]:
            messages = session.exec(select(Message).order_by(col(Message.waiting_since))).all()
            return [message.context["text"] for message in messages]

        return self.services.database.snapshot(work)

    async def shows(self, *texts: str) -> None:
        """Wait until these messages are in the database."""

        async def are_there() -> bool:
            return set(texts) <= set(self.texts())

        await until(are_there)


async def bind_queue(url: str, name: str) -> None:
    """Let a queue of RabbitMQ keep the events of the exchange with the same name."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(name, aio_pika.ExchangeType.TOPIC, durable=True)
        queue = await channel.declare_queue(name, durable=True)
        await queue.bind(exchange, "#")
